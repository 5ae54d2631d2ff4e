/**
 * One cached value with what decides whether it may be served. Times are milliseconds since the
 * Unix epoch.
 */
export interface CachedEntry<V> {
  value: V;
  /** The first moment at which it may no longer be served. */
  expires_ms: number;
  /** The cache's generation when the value's load began: a clear in between makes it unservable. */
  generation: number;
  /** How many removals were known then: a later one of its key makes it unservable too. */
  removals: number;
  /**
   * When the value was measured, where the cache orders by that: an older one never replaces a
   * newer one.
   */
  measured_ms?: number;
  /** Bytes of the encoded value, for the memory limit. */
  size: number;
}

/**
 * May `incoming` take the place of `stored`? Without measuring times the last writer wins; an
 * expired one is still newer.
 */
export function mayReplace(
  stored: { measured_ms?: number | undefined },
  incoming: { measured_ms?: number | undefined },
): boolean {
  return (incoming.measured_ms ?? Number.POSITIVE_INFINITY) >= (stored.measured_ms ?? 0);
}
