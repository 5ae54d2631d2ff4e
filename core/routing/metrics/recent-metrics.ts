import type { StoreContext } from '../../storage/store-context.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import type { MetricsCache } from './metrics-cache.ts';
import { pathMetricsSource } from './path-metrics-store.ts';

/** Measurements older than this say nothing about a path now: five missed reports. */
export const METRICS_MAX_AGE_MS = 300_000;

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
