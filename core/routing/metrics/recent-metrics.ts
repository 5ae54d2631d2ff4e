import type { StoreContext } from '../../storage/store-context.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { METRICS_MAX_AGE_MS } from './metrics-age.ts';
import type { MetricsCache } from './metrics-cache.ts';
import { pathMetricsSource } from './path-metrics-store.ts';

/** The last measurement through the cache, unless it is too old. */
export async function recentMetrics(
  context: StoreContext,
  metricsCache: MetricsCache,
  pathId: string,
): Promise<PathMetrics | undefined> {
  const metrics = await metricsCache.getOrRead(pathId, pathMetricsSource(context, pathId));
  return isRecent(metrics, context.clock()) ? metrics : undefined;
}

/** Whether a measurement says something about the path now. */
export function isRecent(metrics: PathMetrics | undefined, now: number): metrics is PathMetrics {
  return metrics !== undefined && now - Date.parse(metrics.measured_at) <= METRICS_MAX_AGE_MS;
}
