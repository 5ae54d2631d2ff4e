import type { StoreContext } from '../../storage/store-context.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { FRESH_MS, readLaneReading } from './current-metrics.ts';
import { METRICS_MAX_AGE_MS } from './metrics-age.ts';
import type { MetricsCache } from './metrics-cache.ts';
import { wasMeasured } from './never-measured.ts';
import { pathMetricsSource } from './path-metrics-store.ts';

/**
 * The last measurement through the cache, unless it is too old. A steady path is stored rarely, so
 * if the measurement is older than 90 s the lane of its edge is read, and the result is cached.
 */
export async function recentMetrics(
  context: StoreContext,
  metricsCache: MetricsCache,
  pathId: string,
): Promise<PathMetrics | undefined> {
  const cached = await metricsCache.getOrRead(pathId, pathMetricsSource(context, pathId));
  if (!cached || !wasMeasured(cached)) return undefined;
  const { told_by, checked_ms = 0, ...known } = cached;
  const now = context.clock();
  let metrics: PathMetrics = known;
  if (told_by && now - Math.max(Date.parse(known.measured_at), checked_ms) > FRESH_MS) {
    metrics = (await readLaneReading(context, { path_id: pathId, told_by, metrics })) ?? known;
    await metricsCache.insert(pathId, { ...metrics, told_by, checked_ms: now });
  }
  return isRecent(metrics, now) ? metrics : undefined;
}

/** Whether a measurement is recent enough for decisions. */
export function isRecent(metrics: PathMetrics | undefined, now: number): metrics is PathMetrics {
  return metrics !== undefined && now - Date.parse(metrics.measured_at) <= METRICS_MAX_AGE_MS;
}
