import { noSite } from '../../errors.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { PATH_PREFIX, sitePartition } from '../model/inventory-keys.ts';
import { endsAt, type Path, peerOf } from '../model/site.ts';
import { toPath } from '../model/site-items.ts';
import { readVisible } from '../removal/hidden-sites.ts';
import { readSite } from './read-site.ts';

/** All paths that end at a site. */
export function readSitePaths(context: StoreContext, siteId: string): Promise<Path[]> {
  return readVisible(
    context,
    () => queryAll(context, { pk: sitePartition(siteId), prefix: PATH_PREFIX }),
    (items, hidden) => items.map(toPath).filter(path => !hidden.path(path)),
  );
}

/** How many paths end at a site: a deletion would remove them. */
export async function countSitePaths(context: StoreContext, siteId: string): Promise<number> {
  return (await readSitePaths(context, siteId)).length;
}

/** What a deletion of a site would remove, and which sites it would affect. */
export interface SiteDependents {
  endpoints: number;
  paths: Path[];
  /** Ids of the sites at the other ends of its paths, sorted. */
  peer_sites: string[];
}

/** @throws NotFound for a site that isn't shown */
export async function readDependents(context: StoreContext, siteId: string): Promise<SiteDependents> {
  const [site, paths] = await Promise.all([readSite(context, siteId), readSitePaths(context, siteId)]);
  if (site === undefined) throw noSite(siteId);
  const peer_sites = [...new Set(paths.map(path => peerOf(path, siteId)))].sort();
  return { endpoints: site.endpoints.length, paths, peer_sites };
}

/** How many paths end at an endpoint. */
export async function countEndpointPaths(
  context: StoreContext,
  { site_id, id }: { site_id: string; id: string },
): Promise<number> {
  const paths = await readSitePaths(context, site_id);
  return paths.filter(path => endsAt(path, site_id, id)).length;
}
