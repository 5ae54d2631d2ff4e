import type { CachedEntry } from './cached-entry.ts';
import type { RemovalLog } from './generation/removal-log.ts';

export type MaybePromise<T> = T | Promise<T>;

/** One item of a table that the same client reaches. */
export interface ItemAddress {
  table: string;
  key: Record<string, unknown>;
}

/**
 * What a look-up found. `item` is the companion; null: there is none; undefined: it was not read.
 */
export interface Found<V> {
  entry: CachedEntry<V> | undefined;
  item?: Record<string, unknown> | null | undefined;
}

/**
 * Entries of one generation of a cache in one level, without removed ones. `total` is `active` +
 * `expired`.
 */
export interface LevelCount {
  total: number;
  active: number;
  /** Past their time and not yet removed; never served. */
  expired: number;
}

/**
 * What became of a write: `older` – the stored value was measured later and stays (or at the same
 * time, and was written just now); `too_soon` – another function wrote this key less than the write
 * interval ago; `too_large` – this level doesn't keep values of that size.
 */
export type PutOutcome = 'stored' | 'older' | 'too_soon' | 'too_large';

/**
 * One level of a cache: memory or the shared table. Levels know nothing of each other. Reads never
 * return an expired entry or one of another generation. A level may throw when its store is in
 * trouble; the cache handles that.
 */
export interface CacheLevel<V> {
  get(key: string, generation: number, signal?: AbortSignal): MaybePromise<CachedEntry<V> | undefined>;
  /** The same, with a companion item in the same request; levels that can't do that lack it. */
  getWithCompanion?(
    key: string,
    generation: number,
    companion: ItemAddress,
    signal?: AbortSignal,
  ): Promise<Found<V>>;
  put(key: string, entry: CachedEntry<V>): MaybePromise<PutOutcome>;
  remove(key: string, generation: number): MaybePromise<boolean>;
  /** Removes what has expired and answers how many entries went. */
  cleanupExpired(generation: number): MaybePromise<number>;
  count(generation: number, removals: RemovalLog): MaybePromise<LevelCount>;
}
