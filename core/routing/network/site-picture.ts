import { noSite } from '../../errors.ts';
import type { Path } from '../../inventory/model/site.ts';
import { readGraphAround } from '../../inventory/paths/path-graph.ts';
import { readVisible } from '../../inventory/removal/hidden-sites.ts';
import { readSite } from '../../inventory/sites/read-site.ts';
import { readSitePaths } from '../../inventory/sites/site-paths.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readManyPathStates } from '../failover/path-states-store.ts';
import type { PathStatus } from '../failover/path-status.ts';
import { FRESH_MS } from '../metrics/current-metrics.ts';
import { readManyMetrics } from '../metrics/many-metrics.ts';
import { endpointIndex } from '../path-costs.ts';
import type { NetworkPicture } from './network-picture.ts';
import { pairOf } from './pair-of.ts';
import { judgePaths } from './path-health.ts';
import { worstOf } from './path-matrix.ts';

/**
 * The picture of one site's paths, which is not kept in memory.
 * @throws NotFound for a site that isn't shown
 */
export function readSitePicture(context: StoreContext, site_id: string): Promise<NetworkPicture> {
  return readPicture(context, { site_id, wanted: () => true });
}

/**
 * The picture of the paths between the two sites of a path.
 * @throws NotFound for a site that isn't shown
 */
export function readPairPicture(context: StoreContext, path: Path): Promise<NetworkPicture> {
  const pair = pairOf(path);
  return readPicture(context, { site_id: path.source_site_id, wanted: other => pairOf(other) === pair });
}

async function readPicture(
  context: StoreContext,
  { site_id, wanted }: { site_id: string; wanted(path: Path): boolean },
): Promise<NetworkPicture> {
  const [site, { paths, endpoints }] = await Promise.all([
    readSite(context, site_id),
    readVisible(
      context,
      () => readGraphAround(context, site_id),
      (graph, hidden) => ({
        ...graph,
        paths: graph.paths.filter(path => wanted(path) && !hidden.path(path)),
      }),
    ),
  ]);
  if (!site) throw noSite(site_id);
  const health = await readHealthOf(
    context,
    paths.map(({ id }) => id),
  );
  return { paths, endpoints: endpointIndex(endpoints), ...health };
}

/** A summary of a site's paths. */
export interface SitePathSummary {
  path_count: number;
  /** null: the site has no path. */
  worst_status: PathStatus | null;
}

/** Summaries of the paths of some sites, by site id. */
export async function summarizeSitePaths(
  context: StoreContext,
  siteIds: readonly string[],
): Promise<Map<string, SitePathSummary>> {
  const lists = await Promise.all(siteIds.map(id => readSitePaths(context, id)));
  const ids = [...new Set(lists.flat().map(({ id }) => id))];
  const health = await readHealthOf(context, ids);
  const judged = await Promise.all(lists.map(paths => judgePaths(context, paths, health)));
  return new Map(
    siteIds.map((id, index) => {
      const paths = judged[index]!;
      return [id, { path_count: paths.length, worst_status: worstOf(paths) ?? null }];
    }),
  );
}

async function readHealthOf(context: StoreContext, ids: readonly string[]) {
  const [states, many] = await Promise.all([
    readManyPathStates(context, ids),
    readManyMetrics(context, ids, { lanes_after_ms: FRESH_MS }),
  ]);
  return { states: new Map(states.map(one => [one.path_id, one])), ...many };
}
