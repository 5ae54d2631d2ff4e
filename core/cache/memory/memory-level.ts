import { LRUCache } from 'lru-cache';
import type { Clock } from '../../time/clock.ts';
import type { CacheLevel, LevelCount, PutOutcome } from '../cache-level.ts';
import { type CachedEntry, mayReplace } from '../cached-entry.ts';
import { isExpired } from '../expiry.ts';
import { RemovalLog } from '../generation/removal-log.ts';

export interface MemoryLimits {
  max_entries: number;
  max_bytes: number;
}

/**
 * Bytes of an entry besides its key and value (objects, list links); the byte limit counts them.
 */
const ENTRY_OVERHEAD_BYTES = 200;

/**
 * The level in the function's own memory: lru-cache, bounded in entries and bytes. It does not use
 * lru-cache's TTL, which reads another clock: an entry has its own expiry.
 */
export class MemoryLevel<V> implements CacheLevel<V> {
  readonly #entries: LRUCache<string, CachedEntry<V>>;
  readonly #clock: Clock;

  constructor({ max_entries, max_bytes }: MemoryLimits, clock: Clock) {
    this.#clock = clock;
    this.#entries = new LRUCache({
      max: max_entries,
      maxSize: max_bytes,
      sizeCalculation: (entry, key) => entry.size + key.length + ENTRY_OVERHEAD_BYTES,
    });
  }

  /**
   * Like `get` without its checks: the hot path checks expiry itself, with the time that it has
   * read already.
   */
  peek(key: string): CachedEntry<V> | undefined {
    return this.#entries.get(key);
  }

  get(key: string, generation: number): CachedEntry<V> | undefined {
    const entry = this.#entries.get(key);
    if (!entry || entry.generation !== generation || isExpired(entry, this.#clock())) return undefined;
    return entry;
  }

  put(key: string, entry: CachedEntry<V>): PutOutcome {
    const stored = this.#entries.peek(key);
    if (stored && stored.generation > entry.generation) return 'older';
    if (stored?.generation === entry.generation && !mayReplace(stored, entry)) return 'older';
    this.#entries.set(key, entry);
    return this.#entries.has(key) ? 'stored' : 'too_large';
  }

  remove(key: string, generation: number): boolean {
    const entry = this.take(key);
    return entry?.generation === generation && !isExpired(entry, this.#clock());
  }

  /** Removes and returns an entry of any generation, also an expired one. */
  take(key: string): CachedEntry<V> | undefined {
    const entry = this.#entries.peek(key);
    this.#entries.delete(key);
    return entry;
  }

  removeWhere(isRemoved: (key: string, entry: CachedEntry<V>) => boolean): void {
    for (const [key, entry] of this.#entries.entries()) {
      if (isRemoved(key, entry)) this.#entries.delete(key);
    }
  }

  cleanupExpired(generation: number): number {
    const now = this.#clock();
    let removed = 0;
    for (const [key, entry] of this.#entries.entries()) {
      if (entry.generation === generation && !isExpired(entry, now)) continue;
      this.#entries.delete(key);
      if (entry.generation === generation) removed++;
    }
    return removed;
  }

  count(generation: number, removals = RemovalLog.empty): LevelCount {
    const now = this.#clock();
    let active = 0;
    let expired = 0;
    for (const [key, entry] of this.#entries.entries()) {
      if (entry.generation !== generation || removals.mayName(key, entry.removals)) continue;
      if (isExpired(entry, now)) expired++;
      else active++;
    }
    return { total: active + expired, active, expired };
  }

  /** Forgets the entries of all generations. */
  forget(): void {
    this.#entries.clear();
  }

  /** Keys, the most recently used one at the beginning. */
  *recentKeys(limit: number): Generator<string> {
    let left = limit;
    for (const key of this.#entries.keys()) {
      if (left-- <= 0) return;
      yield key;
    }
  }
}
