import type { StoreContext } from '../../storage/store-context.ts';
import type { PathCandidate } from '../choice/choose-path.ts';
import { isOut } from '../failover/path-out.ts';
import { type PathStates, readManyPathStates } from '../failover/path-states-store.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import type { MetricsCache } from '../metrics/metrics-cache.ts';
import { recentMetrics } from '../metrics/recent-metrics.ts';
import type { PricedPath } from '../path-costs.ts';
import { readPathsBetween } from '../read-paths.ts';

/** The paths between two sites, with everything that decisions of any policy depend on. */
export interface SitePair {
  paths: PricedPath[];
  /** By path id; undefined without a recent measurement. */
  metrics: Map<string, PathMetrics | undefined>;
  states: Map<string, PathStates>;
}

/** Reads the paths between two sites, their metrics and their states. @throws NotFound */
export async function readCandidates(
  context: StoreContext,
  metricsCache: MetricsCache,
  sites: { source_site_id: string; destination_site_id: string },
): Promise<SitePair> {
  const paths = await readPathsBetween(context, sites);
  const ids = paths.map(path => path.id);
  const [states, metrics] = await Promise.all([
    readManyPathStates(context, ids),
    Promise.all(ids.map(async id => [id, await recentMetrics(context, metricsCache, id)] as const)),
  ]);
  return {
    paths,
    metrics: new Map(metrics),
    states: new Map(states.map(one => [one.path_id, one])),
  };
}

/** The paths as candidates for one policy. `now`: ms since the Unix epoch. */
export function candidatesFor(
  { paths, metrics, states }: SitePair,
  { policy_id, now }: { policy_id: string; now: number },
): PathCandidate[] {
  return paths.map(({ id, cost_per_gb }) => ({
    path_id: id,
    cost_per_gb,
    metrics: metrics.get(id),
    out: isOut(states.get(id)!, { policy_id, now }),
  }));
}
