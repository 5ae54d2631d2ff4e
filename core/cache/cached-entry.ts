/**
 * One cached value, and what decides whether it may be served. Times are milliseconds since the
 * Unix epoch.
 */
export interface CachedEntry<V> {
  value: V;
  /** From this moment on it is not served. */
  expires_ms: number;
  /** The cache's generation when the value's load began. A later clear invalidates the entry. */
  generation: number;
  /** How many removals were known then. A later removal of its key invalidates the entry. */
  removals: number;
  /**
   * When the value was measured, if the cache orders by that: an older value never replaces a newer
   * one.
   */
  measured_ms?: number;
  /** Bytes of the encoded value, for the memory limit. */
  size: number;
}

/**
 * Whether `incoming` may replace `stored`. Without times of measurement the last writer wins. An
 * expired entry still counts as the newer one.
 */
export function mayReplace(
  stored: { measured_ms?: number | undefined },
  incoming: { measured_ms?: number | undefined },
): boolean {
  return (incoming.measured_ms ?? Number.POSITIVE_INFINITY) >= (stored.measured_ms ?? 0);
}
