import type { RoutingCache } from './decisions/routing-cache.ts';
import type { MetricsCache } from './metrics/metrics-cache.ts';

/** The caches that a function needs for routing. */
export interface RoutingCaches {
  metrics: MetricsCache;
  routing: RoutingCache;
}
