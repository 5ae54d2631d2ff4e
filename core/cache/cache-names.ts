/** Path metrics by path id. */
export const METRICS_CACHE = 'metrics';

/** Routing decisions by policy and both sites. */
export const ROUTING_CACHE = 'routing';

/** The caches of the product, in the order in which statistics show them. */
export const CACHE_NAMES = [METRICS_CACHE, ROUTING_CACHE] as const;
