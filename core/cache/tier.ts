import type { Found, ItemAddress, LevelCount } from './cache-level.ts';
import type { CachedEntry } from './cached-entry.ts';
import type { CacheState } from './generation/cache-state.ts';

/**
 * What is behind a cache's memory: the shared level with its generation, or nothing. A tier never
 * fails a look-up or a write; only `clear` rejects, because its caller must know whether it
 * happened.
 */
export interface Tier<V> {
  /**
   * The generation from which memory may be served now; undefined: ask {@link Tier.find} or {@link
   * Tier.refresh} first.
   */
  fresh(now: number): number | undefined;
  /** What was last heard of the cache, however long ago. */
  readonly state: CacheState | undefined;
  /** True when there is nothing behind memory, so that a miss there is a miss. */
  readonly alone: boolean;
  refresh(): Promise<void>;
  /** Makes the next use read again what was cleared or removed. */
  invalidate(): void;
  /**
   * `held` gives memory's entry of that generation: it is served once the generation is confirmed.
   * `companion` is read in the same request where the level can do that.
   */
  find(
    key: string,
    held: (generation: number) => CachedEntry<V> | undefined,
    companion?: ItemAddress,
  ): Promise<Found<V>>;
  write(key: string, entry: CachedEntry<V>): Promise<void>;
  remove(key: string, generation: number): Promise<boolean>;
  /** Entries of the present generation; undefined when that isn't known. */
  count(): Promise<LevelCount | undefined>;
  cleanupExpired(): Promise<number>;
  clear(): Promise<void>;
  settle(): Promise<void>;
  /** Resolves when values that wait for their turn are written too. */
  drain(): Promise<void>;
}
