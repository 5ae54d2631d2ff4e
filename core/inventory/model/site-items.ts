import { z } from 'zod';
import type { Item, ItemKey } from '../../storage/item.ts';
import { parseItem, readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { directoryKey, endpointKey, pathKey, siteKey } from './inventory-keys.ts';
import { type Endpoint, INTERFACE_TYPES, type Path, SITE_STATUS, type Site } from './site.ts';

// Sites and paths of the first release have no life: it is 1.
const life = z.number().default(1);

/** A site as clients and audit entries show it. */
export const siteSchema = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string().nullable().default(null),
  latitude: z.number().nullable().default(null),
  longitude: z.number().nullable().default(null),
  public_key: z.string().nullable().default(null),
  status: z.enum(SITE_STATUS),
  created_at: z.string(),
  updated_at: z.string(),
});

/** META, with fields for writers. */
export interface SiteItem extends Site {
  /** Raised by every change of the site, its endpoints and its paths: the lock of writers. */
  version: number;
  /** 1, raised by every restore: a run that began in an earlier life can't change a later one. */
  life: number;
  /** Number of the site's last event, raised by one an event, so that subscribers notice a gap. */
  seq: number;
  /** The deletion or restore that has claimed the site. */
  operation_id?: string;
  /** The endpoint that is being removed or restored; a site has one such operation at a time. */
  removing_endpoint?: string;
  /** The site's archive contains paths that wait for a peer. */
  leftovers?: boolean;
}

/** A site's META. */
export const siteItemSchema: z.ZodType<SiteItem> = siteSchema.extend({
  version: z.number(),
  life,
  seq: z.number(),
  operation_id: z.string().exactOptional(),
  removing_endpoint: z.string().exactOptional(),
  leftovers: z.boolean().exactOptional(),
});

/** A path as clients and audit entries show it. */
export const pathSchema = z.object({
  id: z.string(),
  source_site_id: z.string(),
  source_endpoint_id: z.string(),
  destination_site_id: z.string(),
  destination_endpoint_id: z.string(),
  wg_interface: z.string().nullable().default(null),
  created_at: z.string(),
});

/** A copy of a path, with fields for writers. */
export interface PathItem extends Path {
  /** Changes whenever the path is created or restored, so that a late delete can't remove it. */
  rev: string;
  /** The lives of its two sites in which it was created or restored. */
  source_life: number;
  destination_life: number;
}

/** A copy of a path, in a site's partition or in an archive. */
export const pathItemSchema: z.ZodType<PathItem> = pathSchema.extend({
  rev: z.string(),
  source_life: life,
  destination_life: life,
});

/** The life of one of its two sites in which a path was created or restored. */
export const lifeAt = (path: PathItem, siteId: string): number =>
  path.source_site_id === siteId ? path.source_life : path.destination_life;

const endpointFields = z.object({
  site_id: z.string(),
  id: z.string(),
  address: z.string(),
  interface_type: z.enum(INTERFACE_TYPES),
  cost_per_gb: z.number().default(0),
  reachable: z.boolean().nullable().default(null),
  created_at: z.string(),
  updated_at: z.string().optional(),
});

// Endpoints of earlier releases could not be changed.
const withUpdate = <T extends { created_at: string; updated_at?: string | undefined }>(endpoint: T) => ({
  ...endpoint,
  updated_at: endpoint.updated_at ?? endpoint.created_at,
});

/** An endpoint as clients and audit entries show it. */
export const endpointSchema: z.ZodType<Endpoint> = endpointFields.transform(withUpdate);

/**
 * An ACTIVE endpoint is shown and accepts paths. It is REMOVING during its removal, and also during
 * its restore.
 */
export interface EndpointItem extends Endpoint {
  status: 'ACTIVE' | 'REMOVING';
  /** The removal or restore that holds it. */
  removal_id?: string;
}

export const endpointItemSchema: z.ZodType<EndpointItem> = endpointFields
  .extend({ status: z.enum(['ACTIVE', 'REMOVING']), removal_id: z.string().exactOptional() })
  .transform(withUpdate);

/** A site of any status; undefined when there is none. */
export const readSiteItem = (context: StoreContext, siteId: string): Promise<SiteItem | undefined> =>
  readItem(context, siteKey(siteId), siteItemSchema);

export const siteItem = (site: SiteItem): Item & ItemKey => ({ ...siteKey(site.id), ...site });

export const endpointItem = (endpoint: EndpointItem): Item & ItemKey => ({
  ...endpointKey(endpoint.site_id, endpoint.id),
  ...endpoint,
});

/** The copy of a path in the partition of `siteId`, one of its two ends. */
export const pathItem = (path: PathItem, siteId: string): Item & ItemKey => ({
  ...pathKey(siteId, path.id),
  ...path,
});

/** The fields of a directory entry that the list of sites searches. */
export const directoryEntrySchema = z.object({
  sk: z.string(),
  site_id: z.string(),
  name: z.string(),
  location: z.string().nullable().default(null),
  latitude: z.number().nullable().default(null),
  longitude: z.number().nullable().default(null),
});

/** A site's entry in the directory. */
export const directoryItem = (site: Site): Item & ItemKey => ({
  ...directoryKey(site.created_at, site.id),
  site_id: site.id,
  name: site.name,
  location: site.location,
  latitude: site.latitude,
  longitude: site.longitude,
});

/** A site's item as clients see it. @throws BrokenItem */
export const toSite = (item: Item | SiteItem): Site => parseItem(siteSchema, { ...item });

/** An endpoint's item as clients see it. @throws BrokenItem */
export const toEndpoint = (item: Item | EndpointItem): Endpoint => parseItem(endpointSchema, { ...item });

/** A path's item as clients see it. @throws BrokenItem */
export const toPath = (item: Item | PathItem): Path => parseItem(pathSchema, { ...item });
