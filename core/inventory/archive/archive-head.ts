import { z } from 'zod';
import { type Caller, callerSchema } from '../../access/caller.ts';
import type { Item, ItemKey } from '../../storage/item.ts';
import { readItem } from '../../storage/parse-item.ts';
import { DEFAULT_ARCHIVE_DAYS, type StoreContext, timestamp } from '../../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import { archiveHeadKey, archiveListKey } from '../model/inventory-keys.ts';
import { type EndpointItem, endpointItemSchema, type SiteItem, siteItemSchema } from '../model/site-items.ts';
import { pack, unpack } from './archive-chunk.ts';

const DAY_S = 24 * 3600;
/**
 * How much longer an archive is kept than it can be restored: it never expires during a restore,
 * not even one that begins in the last second.
 */
const SLACK_S = 2 * DAY_S;

/** A site in the list of deleted sites. */
export interface DeletedSite {
  site_id: string;
  name: string;
  location: string | null;
  deleted_at: string;
  deleted_by: Caller;
  /** Audit entry of the deletion. */
  audit_id: string;
  restorable_until: string;
  endpoints: number;
  paths: number;
}

const listedSchema = z.object({
  site_id: z.string(),
  name: z.string(),
  location: z.string().nullable().default(null),
  deleted_at: z.string(),
  deleted_by: callerSchema,
  audit_id: z.string(),
  restorable_until: z.string(),
  endpoints: z.number(),
  paths: z.number(),
});

/** Schema of an item of the list of deleted sites. */
export const deletedSiteSchema: z.ZodType<DeletedSite> = listedSchema;

/** The head of a deleted site's archive; chunks hold its paths. */
export interface ArchiveHead extends DeletedSite {
  state: 'ARCHIVED' | 'RESTORING' | 'RESTORED';
  /** Site and endpoints, packed; removed when it becomes RESTORED. */
  data?: Uint8Array;
  /** Audit entry of the restore, when it is RESTORED. */
  restore_audit_id?: string;
  restored_at?: string;
}

const archiveHeadSchema: z.ZodType<ArchiveHead> = listedSchema.extend({
  state: z.enum(['ARCHIVED', 'RESTORING', 'RESTORED']),
  data: z.instanceof(Uint8Array).exactOptional(),
  restore_audit_id: z.string().exactOptional(),
  restored_at: z.string().exactOptional(),
});

/** The head of a deleted site's archive, also after a restore; undefined when there is none. */
export const readArchiveHead = (context: StoreContext, siteId: string): Promise<ArchiveHead | undefined> =>
  readItem(context, archiveHeadKey(siteId), archiveHeadSchema);

export interface ArchivedSite {
  site: SiteItem;
  endpoints: EndpointItem[];
}

const archivedSiteSchema: z.ZodType<ArchivedSite> = z.object({
  site: siteItemSchema,
  endpoints: z.array(endpointItemSchema),
});

/** The site and endpoints in an ARCHIVED head. */
export const archivedSite = ({ data }: ArchiveHead): ArchivedSite => unpack(archivedSiteSchema, data!);

/** When an archive that is written now expires: seconds since the epoch. */
export const archiveExpiry = (context: StoreContext): number =>
  Math.ceil(context.clock() / 1000) + archiveDays(context) * DAY_S + SLACK_S;

const archiveDays = ({ archive_days = DEFAULT_ARCHIVE_DAYS }: StoreContext): number => archive_days;

export interface Deleted extends ArchivedSite {
  paths: number;
  deleted_by: Caller;
  audit_id: string;
}

/** The archive's head, and the items of the head and of its entry in the list of deleted sites. */
export function archiveItems(
  context: StoreContext,
  { site, endpoints, paths, deleted_by, audit_id }: Deleted,
): { head: ArchiveHead; items: (Item & ItemKey)[] } {
  const now = context.clock();
  const listed: DeletedSite = {
    site_id: site.id,
    name: site.name,
    location: site.location,
    deleted_at: timestamp(now),
    deleted_by,
    audit_id,
    restorable_until: timestamp(now + archiveDays(context) * DAY_S * 1000),
    endpoints: endpoints.length,
    paths,
  };
  const head: ArchiveHead = { ...listed, state: 'ARCHIVED', data: pack({ site, endpoints }) };
  const expiry = { [TTL_ATTRIBUTE]: archiveExpiry(context) };
  return {
    head,
    items: [
      { ...archiveHeadKey(site.id), ...head, ...expiry },
      { ...archiveListKey(head.deleted_at, site.id), ...listed, ...expiry },
    ],
  };
}
