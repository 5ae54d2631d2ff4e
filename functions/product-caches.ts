import { ROUTING_CACHE } from '../core/cache/forget-decisions.ts';
import type { CachePlace } from '../core/cache/named-cache.ts';
import { makeRoutingCache } from '../core/routing/decisions/routing-cache.ts';
import { METRICS_CACHE, makeMetricsCache } from '../core/routing/metrics/metrics-cache.ts';
import type { RoutingCaches } from '../core/routing/routing-caches.ts';

/** The caches of the product, in the order in which statistics show them. */
export const CACHE_NAMES = [METRICS_CACHE, ROUTING_CACHE] as const;

/** The caches of the product, one of each in a function. */
export type ProductCaches = RoutingCaches;

export function makeProductCaches(place: CachePlace): ProductCaches {
  return { metrics: makeMetricsCache(place), routing: makeRoutingCache(place) };
}
