import type { Caller } from '../../access/caller.ts';
import { makePageToken, readPageToken } from '../../storage/page-token.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { queryPages } from '../../storage/strong-reads.ts';
import { ARCHIVES_PARTITION, archiveListKey } from '../model/inventory-keys.ts';

/** A site that can still be restored. */
export interface DeletedSite {
  site_id: string;
  name: string;
  location: string | null;
  deleted_at: string;
  deleted_by: Caller;
  audit_id: string;
  restorable_until: string;
  endpoints: number;
  paths: number;
}

export interface DeletedSiteList {
  items: DeletedSite[];
  next_token: string | null;
}

const TOKEN_KIND = 'deletedSites';
const TOKEN_SHAPE = [/^[0-9TZ:.-]{24}#[0-9a-f-]{36}$/];

/** A page of the sites that can be restored, the last deleted first. */
export async function listDeletedSites(
  context: StoreContext,
  { limit, next_token }: { limit: number; next_token?: string | null | undefined },
): Promise<DeletedSiteList> {
  const after = readPageToken(TOKEN_KIND, next_token, TOKEN_SHAPE)?.[0];
  const now = timestamp(context.clock());
  const items: DeletedSite[] = [];
  const query = { pk: ARCHIVES_PARTITION, descending: true, pageSize: limit + 1 };
  for await (const page of queryPages(context, { ...query, ...(after !== undefined && { after }) })) {
    items.push(...page.map(toDeletedSite).filter(({ restorable_until }) => restorable_until > now));
    if (items.length > limit) break;
  }
  const shown = items.slice(0, limit);
  return { items: shown, next_token: items.length > limit ? tokenAfter(shown.at(-1)!) : null };
}

const tokenAfter = ({ deleted_at, site_id }: DeletedSite): string =>
  makePageToken(TOKEN_KIND, [archiveListKey(deleted_at, site_id).sk]);

function toDeletedSite(item: Record<string, unknown>): DeletedSite {
  const { site_id, name, location, deleted_at, deleted_by, audit_id, restorable_until, endpoints, paths } =
    item as unknown as DeletedSite;
  return { site_id, name, location, deleted_at, deleted_by, audit_id, restorable_until, endpoints, paths };
}
