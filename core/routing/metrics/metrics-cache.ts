import type { Cache } from '../../cache/cache.ts';
import { type CachePlace, makeNamedCache } from '../../cache/named-cache.ts';
import { jsonCodec } from '../../cache/value-codec.ts';
import { type PathMetrics, pathMetricsSchema } from '../health/path-metrics.ts';

/** Path metrics by path id: the cache's name. */
export const METRICS_CACHE = 'metrics';

/** Path id → what was measured on it last. Older measurements never replace newer ones. */
export type MetricsCache = Cache<string, PathMetrics>;

export function makeMetricsCache(place: CachePlace): MetricsCache {
  return makeNamedCache(place, {
    name: METRICS_CACHE,
    ttlOf: settings => settings.METRICS_CACHE_TTL_SECONDS,
    codec: jsonCodec({ shape: 1, parse: raw => pathMetricsSchema.parse(raw) }),
    measuredAt: metrics => Date.parse(metrics.measured_at),
  });
}
