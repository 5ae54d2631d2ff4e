import type { Item, ItemKey } from '../../storage/item.ts';
import { directoryKey, endpointKey, pathKey, siteKey } from './inventory-keys.ts';
import type { Endpoint, Path, Site } from './site.ts';

/** META with what only writers look at. */
export interface SiteItem extends Site {
  /** Raised by every change of the site, its endpoints and the paths that end at it: writers lock on it. */
  version: number;
  /** 1, and one more with every restore: what began in an earlier life can't touch what came later. */
  life: number;
  /** Number of the site's last event: grows by one an event, so that whoever listens sees a gap. */
  seq: number;
  /** The deletion or restore that has claimed the site. */
  operation_id?: string;
  /** The endpoint that is being removed, one at a time. */
  removing_endpoint?: string;
  /** Its archive still holds paths that wait for a peer. */
  leftovers?: boolean;
}

/** A copy of a path, with what only writers look at. */
export interface PathItem extends Path {
  /** Changes whenever the path comes into being, so that nobody removes a later one. */
  rev: string;
  /** Lives of its two sites in which it came into being. */
  source_life: number;
  destination_life: number;
}

/** The life of one of its two sites in which a path came into being. */
export const lifeAt = (path: PathItem, siteId: string): number =>
  path.source_site_id === siteId ? path.source_life : path.destination_life;

/** An endpoint takes paths while it is ACTIVE. */
export interface EndpointItem extends Endpoint {
  status: 'ACTIVE' | 'REMOVING';
  /** The removal that has claimed it. */
  removal_id?: string;
}

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

/** What the list of sites searches through. */
export const directoryItem = (site: Site): Item & ItemKey => ({
  ...directoryKey(site.created_at, site.id),
  site_id: site.id,
  name: site.name,
  location: site.location,
});

/** An item without its keys. */
export function withoutKeys<T>(item: Item): T {
  const { pk: _pk, sk: _sk, ...rest } = item;
  return rest as T;
}

export function toSite(item: Item): Site {
  const { id, name, location, public_key, status, created_at, updated_at } = item as unknown as Site;
  return { id, name, location, public_key, status, created_at, updated_at };
}

export function toEndpoint(item: Item): Endpoint {
  const { site_id, id, address, interface_type, cost_per_gb, reachable, created_at } =
    item as unknown as Endpoint;
  return { site_id, id, address, interface_type, cost_per_gb, reachable, created_at };
}

export function toPath(item: Item): Path {
  const {
    rev: _rev,
    source_life: _source,
    destination_life: _destination,
    ...path
  } = withoutKeys<PathItem>(item);
  return path;
}
