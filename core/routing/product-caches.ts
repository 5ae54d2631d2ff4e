import type { CachePlace } from '../cache/named-cache.ts';
import { type MetricsCache, makeMetricsCache } from './metrics-cache.ts';
import { makeRoutingCache, type RoutingCache } from './routing-cache.ts';

/** The caches of the product, one of each in a function. */
export interface ProductCaches {
  metrics: MetricsCache;
  routing: RoutingCache;
}

export function makeCaches(place: CachePlace): ProductCaches {
  return { metrics: makeMetricsCache(place), routing: makeRoutingCache(place) };
}
