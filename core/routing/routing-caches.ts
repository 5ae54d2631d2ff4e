import type { RoutingCache } from './decisions/routing-cache.ts';
import type { MetricsCache } from './metrics/metrics-cache.ts';

/** The caches that routing asks of a function. */
export interface RoutingCaches {
  metrics: MetricsCache;
  routing: RoutingCache;
}
