import type { Cache } from '../../cache/cache.ts';
import { type CachePlace, makeNamedCache } from '../../cache/named-cache.ts';
import { jsonCodec } from '../../cache/value-codec.ts';
import { type PathMetrics, pathMetricsSchema } from '../health/path-metrics.ts';

/** Path metrics by path id: the cache's name. */
export const METRICS_CACHE = 'metrics';

/** What stands for a path that was never measured, so that it isn't read each time. */
export const NEVER_MEASURED: PathMetrics = {
  latency_ms: 0,
  jitter_ms: 0,
  packet_loss_pct: 0,
  bandwidth_mbps: 0,
  measured_at: new Date(0).toISOString(),
};

/** A path's first measurement is seen everywhere after so long at the latest. */
const UNMEASURED_TTL_SECONDS = 10;

/** Whether a cached value is a measurement. */
function wasMeasured({ measured_at }: PathMetrics): boolean {
  return measured_at !== NEVER_MEASURED.measured_at;
}

/**
 * Path id → what was measured on it last, or {@link NEVER_MEASURED}. Older measurements never
 * replace newer ones.
 */
export type MetricsCache = Cache<string, PathMetrics>;

export function makeMetricsCache(place: CachePlace): MetricsCache {
  return makeNamedCache(place, {
    name: METRICS_CACHE,
    ttlOf: settings => settings.METRICS_CACHE_TTL_SECONDS,
    codec: jsonCodec({ shape: 1, parse: raw => pathMetricsSchema.parse(raw) }),
    measuredAt: metrics => Date.parse(metrics.measured_at),
    maxTtlSeconds: metrics => (wasMeasured(metrics) ? undefined : UNMEASURED_TTL_SECONDS),
  });
}
