import { METRICS_CACHE, type MetricsCache, makeMetricsCache } from './metrics-cache.ts';
import type { CachePlace } from './named-cache.ts';
import { makeRoutingCache, ROUTING_CACHE, type RoutingCache } from './routing-cache.ts';

/** The caches of the product, one of each in a function. */
export interface ProductCaches {
  metrics: MetricsCache;
  routing: RoutingCache;
}

/** Their names, in the order in which statistics show them. */
export const CACHE_NAMES = [METRICS_CACHE, ROUTING_CACHE] as const;

export function makeCaches(place: CachePlace): ProductCaches {
  return { metrics: makeMetricsCache(place), routing: makeRoutingCache(place) };
}
