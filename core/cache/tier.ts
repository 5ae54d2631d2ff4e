import type { Found, ItemAddress, LevelCount } from './cache-level.ts';
import type { CachedEntry } from './cached-entry.ts';
import type { CacheState } from './generation/cache-state.ts';

/**
 * The part of a cache behind its memory: the shared level with its generation, or nothing. A tier
 * never fails a look-up or a write. `clear`, `count` and `cleanupExpired` reject, because their
 * callers must know whether they happened.
 */
export interface Tier<V> {
  /**
   * The generation of which memory may be served now. Undefined: memory may not be served before
   * {@link Tier.find} or {@link Tier.refresh}.
   */
  fresh(now: number): number | undefined;
  /** The last known state of the cache, of any age. */
  readonly state: CacheState | undefined;
  /** True when there is no shared level. */
  readonly alone: boolean;
  refresh(): Promise<void>;
  /** Makes the next use read the state again. */
  invalidate(): void;
  /**
   * `held` returns memory's entry of a generation, which is served once the generation is
   * confirmed. `companion` is read in the same request if the level can do that.
   */
  find(
    key: string,
    held: (generation: number) => CachedEntry<V> | undefined,
    companion?: ItemAddress,
  ): Promise<Found<V>>;
  write(key: string, entry: CachedEntry<V>): Promise<void>;
  remove(key: string, generation: number): Promise<boolean>;
  /** Entries of the present generation; undefined without a shared level. */
  count(): Promise<LevelCount | undefined>;
  cleanupExpired(): Promise<number>;
  clear(): Promise<void>;
  settle(): Promise<void>;
  /** Resolves when values that wait for their turn are written too. */
  drain(): Promise<void>;
}
