import type { StoreContext } from '../storage/store-context.ts';
import type { PathCandidate } from './choose-path.ts';
import type { MetricsCache } from './metrics-cache.ts';
import type { PricedPath } from './path-costs.ts';
import type { PathMetrics } from './path-metrics.ts';
import { pathMetricsSource } from './path-metrics-store.ts';
import { isOut, type PathStates, readManyPathStates } from './path-states.ts';
import { readPathsBetween } from './read-paths.ts';

/** Measurements older than this say nothing about a path now: five missed reports. */
export const METRICS_MAX_AGE_MS = 300_000;

/** What decisions between two sites are made from, for every policy. */
export interface SitePair {
  paths: PricedPath[];
  /** By path id; undefined where nothing recent was measured. */
  metrics: Map<string, PathMetrics | undefined>;
  states: Map<string, PathStates>;
}

export async function readSitePair(
  context: StoreContext,
  metricsCache: MetricsCache,
  sites: { source_site_id: string; destination_site_id: string },
): Promise<SitePair> {
  return readStandings(context, metricsCache, await readPathsBetween(context, sites));
}

/** How some paths stand now: their last metrics, and who has left them. */
export async function readStandings(
  context: StoreContext,
  metricsCache: MetricsCache,
  paths: PricedPath[],
): Promise<SitePair> {
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

/** The paths as one policy's decision sees them. */
export function candidatesOf({ paths, metrics, states }: SitePair, policyId: string): PathCandidate[] {
  return paths.map(({ id, cost_per_gb }) => ({
    path_id: id,
    cost_per_gb,
    metrics: metrics.get(id),
    out: isOut(states.get(id)!, policyId),
  }));
}

/** The last measurement through the cache, unless it is too old. */
export async function recentMetrics(
  context: StoreContext,
  metricsCache: MetricsCache,
  pathId: string,
): Promise<PathMetrics | undefined> {
  const metrics = await metricsCache.getOrRead(pathId, pathMetricsSource(context, pathId));
  const age = metrics && context.clock() - Date.parse(metrics.measured_at);
  return age !== undefined && age <= METRICS_MAX_AGE_MS ? metrics : undefined;
}
