import { z } from 'zod';
import type { Cache } from '../../cache/cache.ts';
import { type CachePlace, makeNamedCache } from '../../cache/named-cache.ts';
import { jsonCodec } from '../../cache/value-codec.ts';
import { wasMeasured } from './never-measured.ts';
import { metricsWithLaneSchema } from './path-metrics-store.ts';

const cachedMetricsSchema = metricsWithLaneSchema.extend({
  /** When the path's lane was read for a newer measurement, ms since the Unix epoch. */
  checked_ms: z.number().optional(),
});

/** A path's entry in the cache. */
export type CachedMetrics = z.output<typeof cachedMetricsSchema>;

/** Name of the cache of path metrics by path id. */
export const METRICS_CACHE = 'metrics';

/** After this time every function sees a path's first measurement. */
const UNMEASURED_TTL_SECONDS = 10;

/**
 * Path id → its last measurement, or `NEVER_MEASURED`. An older measurement does not replace a
 * newer one.
 */
export type MetricsCache = Cache<string, CachedMetrics>;

export function makeMetricsCache(place: CachePlace): MetricsCache {
  return makeNamedCache(place, {
    name: METRICS_CACHE,
    ttlOf: settings => settings.METRICS_CACHE_TTL_SECONDS,
    codec: jsonCodec({ shape: 1, parse: raw => cachedMetricsSchema.parse(raw) }),
    measuredAt: metrics => Date.parse(metrics.measured_at),
    maxTtlSeconds: metrics => (wasMeasured(metrics) ? undefined : UNMEASURED_TTL_SECONDS),
  });
}
