import { z } from 'zod';
import type { Cache } from '../../cache/cache.ts';
import { type CachePlace, makeNamedCache } from '../../cache/named-cache.ts';
import { jsonCodec } from '../../cache/value-codec.ts';
import { wasMeasured } from './never-measured.ts';
import { toldMetricsSchema } from './path-metrics-store.ts';

const cachedMetricsSchema = toldMetricsSchema.extend({
  /** When the path's lane was asked for something newer, ms since the Unix epoch. */
  checked_ms: z.number().optional(),
});

/** What is cached of a path. */
export type CachedMetrics = z.output<typeof cachedMetricsSchema>;

/** Path metrics by path id: the cache's name. */
export const METRICS_CACHE = 'metrics';

/** A path's first measurement is seen everywhere after so long at the latest. */
const UNMEASURED_TTL_SECONDS = 10;

/**
 * Path id → what was measured on it last, or `NEVER_MEASURED`. Older measurements never
 * replace newer ones.
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
