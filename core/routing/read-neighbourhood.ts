import { PATH_PREFIX, sitePartition } from '../inventory/model/inventory-keys.ts';
import { type Endpoint, type Path, peerOf } from '../inventory/model/site.ts';
import { toPath } from '../inventory/model/site-items.ts';
import { readVisible } from '../inventory/removal/hidden-sites.ts';
import { readEndpoints } from '../inventory/sites/read-site.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { queryAll } from '../storage/strong-reads.ts';
import { endpointIndex } from './path-costs.ts';

/** The paths between a site and one of its peers. */
export interface Neighbour {
  peer_site_id: string;
  paths: Path[];
}

export interface Neighbourhood {
  /** By the peers' ids, ascending. */
  neighbours: Neighbour[];
  /** Endpoints of the site and of these neighbours. */
  endpoints: ReadonlyMap<string, Endpoint>;
  /** The value of `after` for the next page; undefined: this is the last one. */
  next: string | undefined;
}

/**
 * Reads up to `limit` peers of a site after `after`, with the paths to each. Empty for a site that
 * isn't shown.
 */
export async function readNeighbourhood(
  context: StoreContext,
  { site_id, after, limit }: { site_id: string; after: string | undefined; limit: number },
): Promise<Neighbourhood> {
  const read = async () => {
    const paths = (await queryAll(context, { pk: sitePartition(site_id), prefix: PATH_PREFIX })).map(toPath);
    const byPeer = Map.groupBy(paths, path => peerOf(path, site_id));
    const peers = [...byPeer.keys()].filter(peer => after === undefined || peer > after).sort();
    const some = peers.slice(0, limit);
    const endpoints = await Promise.all([site_id, ...some].map(id => readEndpoints(context, id)));
    const next = peers.length > limit ? some.at(-1) : undefined;
    return { byPeer, some, next, endpoints: endpoints.flat() };
  };
  return readVisible(context, read, ({ byPeer, some, next, endpoints }, hidden) => ({
    neighbours: some.flatMap(peer_site_id => {
      const paths = byPeer.get(peer_site_id)!.filter(path => !hidden.path(path));
      return paths.length > 0 ? [{ peer_site_id, paths }] : [];
    }),
    endpoints: endpointIndex(endpoints),
    next,
  }));
}
