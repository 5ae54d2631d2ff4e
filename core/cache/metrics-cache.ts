import { type PathMetrics, pathMetricsSchema } from '../routing/path-metrics.ts';
import type { Cache } from './cache.ts';
import { type CachePlace, makeNamedCache } from './named-cache.ts';
import { jsonCodec } from './value-codec.ts';

/** Path id → what was measured on it last. Older measurements never replace newer ones. */
export type MetricsCache = Cache<string, PathMetrics>;

export const METRICS_CACHE = 'metrics';

export function makeMetricsCache(place: CachePlace): MetricsCache {
  return makeNamedCache(place, {
    name: METRICS_CACHE,
    ttlOf: settings => settings.METRICS_CACHE_TTL_SECONDS,
    codec: jsonCodec({ shape: 1, parse: raw => pathMetricsSchema.parse(raw) }),
    measuredAt: metrics => Date.parse(metrics.measured_at),
  });
}
