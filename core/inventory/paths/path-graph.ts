import { atOnce } from '../../storage/at-once.ts';
import type { Item } from '../../storage/item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll, queryPages } from '../../storage/strong-reads.ts';
import { DIRECTORY_PARTITION, ENDPOINT_PREFIX, PATH_PREFIX, sitePartition } from '../model/inventory-keys.ts';
import { type Endpoint, type Path, peerOf } from '../model/site.ts';
import { toEndpoint, toPath } from '../model/site-items.ts';
import { readEndpoints } from '../sites/read-site.ts';

/** Paths and their endpoints, including those that an operation adds or removes. */
export interface PathGraph {
  /** Each path once, in no order. */
  paths: Path[];
  endpoints: Endpoint[];
}

/** How large a network one reading may be. */
export interface GraphLimits {
  sites: number;
  paths: number;
}

const CONCURRENT_SITES = 32;

/**
 * Reads every path of the network strongly: the directory of sites, then each site by a query. It
 * omits a path whose site or endpoint doesn't exist: a deletion has yet to remove it.
 *
 * @returns undefined for a network of more sites or paths than `limits`
 */
export async function readPathGraph(
  context: StoreContext,
  limits: GraphLimits,
): Promise<PathGraph | undefined> {
  const sites = await readSiteIds(context, limits.sites);
  if (!sites) return undefined;
  const graph: PathGraph = { paths: [], endpoints: [] };
  const isTooLarge = () => graph.paths.length > limits.paths;
  await atOnce(CONCURRENT_SITES, sites, async site_id => {
    if (isTooLarge()) return;
    for await (const page of queryPages(context, { pk: sitePartition(site_id) })) {
      addItems(graph, page, { source: site_id });
      if (isTooLarge()) return;
    }
  });
  return isTooLarge() ? undefined : whole(graph, sites);
}

/**
 * Reads strongly the paths that end at a site, with the endpoints of the sites at both ends, and
 * those of `otherSites`.
 */
export async function readGraphAround(
  context: StoreContext,
  siteId: string,
  ...otherSites: string[]
): Promise<PathGraph> {
  const graph: PathGraph = { paths: [], endpoints: [] };
  addItems(graph, await queryAll(context, { pk: sitePartition(siteId) }), {});
  const others = new Set([...otherSites, ...graph.paths.map(path => peerOf(path, siteId))]);
  const endpoints = await Promise.all([...others].map(id => readEndpoints(context, id)));
  return { ...graph, endpoints: [...graph.endpoints, ...endpoints.flat()] };
}

/** @returns undefined when there are more than `most` */
async function readSiteIds(context: StoreContext, most: number): Promise<Set<string> | undefined> {
  const ids = new Set<string>();
  for await (const page of queryPages(context, { pk: DIRECTORY_PARTITION, project: ['site_id'] })) {
    for (const { site_id } of page) ids.add(String(site_id));
    if (ids.size > most) return undefined;
  }
  return ids;
}

/** @param source adds the copies of paths that begin at this site; without it all copies */
function addItems(graph: PathGraph, items: readonly Item[], { source }: { source?: string }): void {
  for (const item of items) {
    const sk = String(item.sk);
    if (sk.startsWith(ENDPOINT_PREFIX)) graph.endpoints.push(toEndpoint(item));
    if (!sk.startsWith(PATH_PREFIX)) continue;
    if (source === undefined || item.source_site_id === source) graph.paths.push(toPath(item));
  }
}

function whole({ paths, endpoints }: PathGraph, sites: ReadonlySet<string>): PathGraph {
  const there = new Set(endpoints.map(({ site_id, id }) => end(site_id, id)));
  return {
    endpoints,
    paths: paths.filter(
      path =>
        sites.has(path.destination_site_id) &&
        there.has(end(path.source_site_id, path.source_endpoint_id)) &&
        there.has(end(path.destination_site_id, path.destination_endpoint_id)),
    ),
  };
}

const end = (site_id: string, endpoint_id: string) => `${site_id}#${endpoint_id}`;
