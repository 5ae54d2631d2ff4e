import type { CachedEntry } from './cached-entry.ts';
import type { RemovalLog } from './generation/removal-log.ts';

export type MaybePromise<T> = T | Promise<T>;

/** One item of a table that the same client reaches. */
export interface ItemAddress {
  table: string;
  key: Record<string, unknown>;
}

/**
 * The result of a look-up. `item` is the companion: null when it does not exist, undefined when it
 * was not read.
 */
export interface Found<V> {
  entry: CachedEntry<V> | undefined;
  item?: Record<string, unknown> | null | undefined;
}

/**
 * The number of entries of one generation in one level, without removed ones. `total` is `active` +
 * `expired`.
 */
export interface LevelCount {
  total: number;
  active: number;
  /** Expired and not yet deleted; never served. */
  expired: number;
}

/**
 * The outcome of a write. `older`: the stored value stays, because it was measured later, or at the
 * same time and was written just now. `too_soon`: another function wrote this key less than the
 * write interval ago. `too_large`: this level does not keep values of that size.
 */
export type PutOutcome = 'stored' | 'older' | 'too_soon' | 'too_large';

/**
 * One level of a cache: memory or the shared table. Levels don't know each other. Reads never
 * return an expired entry or one of another generation. A level may throw when its store fails; the
 * cache handles that.
 */
export interface CacheLevel<V> {
  get(key: string, generation: number, signal?: AbortSignal): MaybePromise<CachedEntry<V> | undefined>;
  /** The same, with a companion item in the same request. Absent where the level can't do that. */
  getWithCompanion?(
    key: string,
    generation: number,
    companion: ItemAddress,
    signal?: AbortSignal,
  ): Promise<Found<V>>;
  put(key: string, entry: CachedEntry<V>): MaybePromise<PutOutcome>;
  remove(key: string, generation: number): MaybePromise<boolean>;
  /** Removes expired entries and returns how many it removed. */
  cleanupExpired(generation: number): MaybePromise<number>;
  count(generation: number, removals: RemovalLog): MaybePromise<LevelCount>;
}
