import type { Clock } from '../time/clock.ts';
import { type Schedule, systemSchedule } from '../time/schedule.ts';
import { turnClock } from '../time/turn-clock.ts';
import { checkKey } from './cache-key.ts';
import type { Found, ItemAddress, LevelCount, MaybePromise } from './cache-level.ts';
import { type CacheOptions, MEMORY_DEFAULTS, SHARED_DEFAULTS } from './cache-options.ts';
import type { CachedEntry } from './cached-entry.ts';
import { checkTtl, isExpired } from './expiry.ts';
import { type Flight, Flights } from './flights.ts';
import type { CacheState } from './generation/cache-state.ts';
import type { RemovalLog } from './generation/removal-log.ts';
import { MemoryLevel } from './memory/memory-level.ts';
import { MemoryTier } from './memory/memory-tier.ts';
import { SharedTier } from './shared/shared-tier.ts';
import type { Tier } from './tier.ts';

/** A value that is one item of a table. */
export interface ItemSource<V> {
  address: ItemAddress;
  /** The item's value; undefined when there is none. */
  parse(item: Record<string, unknown> | undefined): V | undefined;
  /** Reads the item alone, for when the shared level is bypassed. */
  read(): Promise<V | undefined>;
}

type Source<V> = Pick<ItemSource<V>, 'read'> & Partial<ItemSource<V>>;

export interface CacheStats extends LevelCount {
  /** Look-ups of this function since its start. */
  hits: number;
  misses: number;
  /** 0 to 1; 0 while there were no look-ups. */
  hit_rate: number;
}

const WARM_DEFAULTS = { max_keys: 100, limit_ms: 500 };

/**
 * A cache with a time to live: this function's memory over a level that all functions share. A
 * cleared or removed value is never served in any function a second later. Trouble with the shared
 * level costs a request at most `limit_ms` and never fails it.
 *
 * A hit in memory is returned as a value, not as a promise; `await` works for both.
 *
 * It is one class because its methods share the loads under way, both levels and the counts.
 *
 * @example
 * const cache = new Cache<string, PathMetrics>({ name: 'metrics', ttl_seconds: 60 });
 * const metrics = await cache.getOrLoad('p-1', () => readMetrics('p-1'));
 */
export class Cache<K, V> {
  readonly name: string;
  readonly #options: CacheOptions<K, V>;
  readonly #ttlMs: number;
  readonly #keyOf: (key: K) => string;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #memory: MemoryLevel<V>;
  readonly #tier: Tier<V>;
  readonly #flights = new Flights<V>();
  #hits = 0;
  #misses = 0;

  constructor(options: CacheOptions<K, V>) {
    const { clock = turnClock, schedule = systemSchedule, shared } = options;
    this.#options = options;
    this.name = options.name;
    this.#ttlMs = checkTtl(options.ttl_seconds);
    this.#keyOf = options.keyOf ?? (key => (typeof key === 'string' ? key : String(key)));
    this.#clock = clock;
    this.#schedule = schedule;
    this.#memory = new MemoryLevel({ ...MEMORY_DEFAULTS, ...options.memory }, clock);
    this.#tier = shared
      ? new SharedTier({
          store: shared,
          limit_ms: options.limit_ms ?? SHARED_DEFAULTS.limit_ms,
          pause_ms: options.pause_ms ?? SHARED_DEFAULTS.pause_ms,
          write_interval_ms: options.write_interval_ms ?? SHARED_DEFAULTS.write_interval_ms,
          clock,
          schedule,
          onTrouble: options.onTrouble ?? (() => {}),
          onRemovals: (removals, since) => this.#drop(removals, since),
        })
      : new MemoryTier();
  }

  /**
   * Keeps `value` for the cache's own TTL. Resolves when the shared write has ended; a write that
   * has to wait for its turn is not awaited.
   */
  async insert(key: K, value: V): Promise<void> {
    await this.#insert(this.#checkedKey(key), value, this.#ttlMs);
  }

  /** @throws ValidationError unless `ttl_seconds` is above 0 and at most a day. */
  async insertWithTtl(key: K, value: V, ttl_seconds: number): Promise<void> {
    await this.#insert(this.#checkedKey(key), value, checkTtl(ttl_seconds));
  }

  /** The value; undefined when there is none or it has expired. */
  get(key: K): MaybePromise<V | undefined> {
    const text = this.#keyOf(key);
    const held = this.#inMemory(text);
    if (held !== undefined) {
      this.#hits++;
      return held.value;
    }
    return this.#lookUp(checkKey(text)).then(({ entry }) => entry?.value);
  }

  /**
   * The value; on a miss the result of `load`, which is then kept. Callers that ask for a key while
   * it is being loaded share that load. A failed load rejects for all of them. Neither a failure
   * nor `undefined` is kept.
   */
  getOrLoad(key: K, load: () => Promise<V | undefined>): MaybePromise<V | undefined> {
    const text = this.#keyOf(key);
    const held = this.#inMemory(text);
    if (held !== undefined) {
      this.#hits++;
      return held.value;
    }
    return this.#joinOrLoad(checkKey(text), { read: load });
  }

  /**
   * The same for a value that is one item of a table. On a miss in memory it reads the shared entry
   * and the item in one request, so that a miss takes no longer than reading the item.
   */
  getOrRead(key: K, source: ItemSource<V>): MaybePromise<V | undefined> {
    const text = this.#keyOf(key);
    const held = this.#inMemory(text);
    if (held !== undefined) {
      this.#hits++;
      return held.value;
    }
    return this.#joinOrLoad(checkKey(text), source);
  }

  /**
   * Removes a key, in every function within a second, and returns whether there was a value. Loads
   * and writes that began before don't bring it back. A value that another function inserts within
   * that second may be removed too. When the shared level is in trouble, this function alone
   * forgets the key and others serve it until it expires.
   */
  async remove(key: K): Promise<boolean> {
    const text = this.#checkedKey(key);
    this.#flights.forget(text);
    const held = this.#memory.take(text);
    const generation = (await this.#freshState())?.generation;
    if (generation === undefined) return false;
    const shared = await this.#tier.remove(text, generation);
    return shared || (held?.generation === generation && !isExpired(held, this.#clock()));
  }

  /**
   * Removes expired entries, and returns how many of the shared level (without one: of memory) it
   * removed.
   */
  async cleanupExpired(): Promise<number> {
    const generation = this.#tier.state?.generation ?? 0;
    const here = this.#memory.cleanupExpired(generation);
    return this.#tier.alone ? here : this.#tier.cleanupExpired();
  }

  /**
   * Forgets everything, in every function within a second, and returns how many active entries were
   * cleared. Loads under way don't bring anything back. Rejects when the shared level can't be
   * reached.
   */
  async clear(): Promise<number> {
    const { active } = await this.#count();
    await this.#tier.clear();
    this.#forget();
    return active;
  }

  /**
   * Makes the next look-up read again what was cleared. Call it after a change of this function's
   * own that may have cleared the cache, or before keeping a result in another cache, which may
   * know of a clear that this one does not know.
   */
  recheck(): void {
    this.#tier.invalidate();
  }

  /** Entries of the shared level (without one: of memory), and this function's hits and misses. */
  async stats(): Promise<CacheStats> {
    return { ...(await this.#count()), ...this.usage() };
  }

  /** This function's look-ups since its start. */
  usage(): Pick<CacheStats, 'hits' | 'misses' | 'hit_rate'> {
    const hits = this.#hits;
    const misses = this.#misses;
    return { hits, misses, hit_rate: hits + misses === 0 ? 0 : hits / (hits + misses) };
  }

  /**
   * Loads these keys from the shared level into memory, for the start of a new function. Bounded in
   * time and number. Returns how many were loaded.
   */
  warm(keys: Iterable<K>, limits = WARM_DEFAULTS): Promise<number> {
    return this.warmTexts([...take(keys, limits.max_keys)].map(this.#keyOf), limits);
  }

  /** The same with keys as {@link hotKeys} gives them. */
  async warmTexts(texts: Iterable<string>, { max_keys, limit_ms } = WARM_DEFAULTS): Promise<number> {
    let warmed = 0;
    const wanted = [...take(texts, max_keys)].map(checkKey);
    const done = Promise.all(
      wanted.map(async key => {
        if ((await this.#find(key)).entry) warmed++;
      }),
    );
    const limit = Promise.withResolvers<void>();
    const cancel = this.#schedule(limit_ms, limit.resolve);
    await Promise.race([done, limit.promise]).finally(cancel);
    return warmed;
  }

  /** The keys used last, as texts, for the start of the next function. */
  hotKeys(limit: number): string[] {
    return [...this.#memory.recentKeys(limit)];
  }

  /**
   * Resolves when no shared write is under way. Values that wait for their key's turn are not
   * awaited.
   */
  settle(): Promise<void> {
    return this.#tier.settle();
  }

  /**
   * Resolves when values that wait for their key's turn are in the shared level too. Call it at the
   * end of an invocation, after which a function may be frozen or stopped.
   */
  drain(): Promise<void> {
    return this.#tier.drain();
  }

  #checkedKey(key: K): string {
    return checkKey(this.#keyOf(key));
  }

  #inMemory(text: string): CachedEntry<V> | undefined {
    const now = this.#clock();
    const generation = this.#tier.fresh(now);
    if (generation === undefined) return undefined;
    const entry = this.#memory.peek(text);
    return entry?.generation === generation && !isExpired(entry, now) ? entry : undefined;
  }

  async #lookUp(key: string, companion?: ItemAddress): Promise<Found<V>> {
    const found = await this.#find(key, companion);
    if (found.entry) this.#hits++;
    else this.#misses++;
    return found;
  }

  async #find(key: string, companion?: ItemAddress): Promise<Found<V>> {
    const found = await this.#tier.find(key, generation => this.#memory.get(key, generation), companion);
    const { entry } = found;
    if (!entry) return found;
    const held = this.#memory.get(key, entry.generation);
    if (held) return { entry: held };
    // The key may have been removed while the shared level was being read.
    if (this.#mayBeRemoved(key, entry)) return { ...found, entry: undefined };
    this.#memory.put(key, entry);
    return found;
  }

  #mayBeRemoved(key: string, { removals }: Pick<CachedEntry<V>, 'removals'>): boolean {
    return this.#tier.state?.removals.mayName(key, removals) ?? false;
  }

  // Forgets the keys that the log names, or everything when the log doesn't reach back far enough.
  #drop(log: RemovalLog, since: number): void {
    this.#flights.forgetBefore((key, begun) => !begun || log.mayName(key, begun.removals.last));
    if (log.reachesBackTo(since)) this.#memory.removeWhere((key, entry) => log.names(key, entry.removals));
    else this.#memory.forget();
  }

  #forget(): void {
    this.#flights.forgetAll();
    this.#memory.forget();
  }

  async #joinOrLoad(key: string, source: Source<V>): Promise<V | undefined> {
    const flight = this.#joinable(key);
    if (flight) return this.#join(flight);
    if (this.#flights.has(key)) {
      // Its age is not enough: the generation shows whether it began before a clear.
      await this.#tier.refresh();
      const late = this.#joinable(key);
      if (late) return this.#join(late);
    }
    return this.#flights.start(key, this.#clock(), mine => this.#load(key, { source, flight: mine }));
  }

  #joinable(key: string): Flight<V> | undefined {
    const now = this.#clock();
    return this.#flights.joinable(key, { now, fresh: this.#tier.fresh(now) });
  }

  #join(flight: Flight<V>): Promise<V | undefined> {
    this.#misses++;
    return flight.promise;
  }

  async #load(
    key: string,
    { source, flight }: { source: Source<V>; flight: Flight<V> },
  ): Promise<V | undefined> {
    const { entry, item } = await this.#lookUp(key, source.address);
    if (entry) return entry.value;
    // An item that came with the look-up was read before this state is known. A removal since then
    // has ended the flight.
    flight.begun = this.#stateIfFresh();
    const parsed = item !== undefined && source.parse;
    const value = parsed ? parsed(item ?? undefined) : await source.read();
    const { begun } = flight;
    const dead = begun === undefined || begun.generation !== this.#tier.state?.generation;
    if (value === undefined || dead || !this.#flights.isCurrent(key, flight)) return value;
    // The answer does not wait for the shared write.
    void this.#keep(key, this.#entry(value, { begun, ttlMs: this.#ttlMs }));
    return value;
  }

  async #insert(key: string, value: V, ttlMs: number): Promise<void> {
    this.#flights.forget(key);
    const begun = await this.#freshState();
    if (begun) await this.#keep(key, this.#entry(value, { begun, ttlMs }));
  }

  /**
   * The cache's generation, at most a second old. While it stays the same, values derived from the
   * cache's sources stay valid. Undefined when it can't be read.
   */
  async generation(): Promise<number | undefined> {
    return (await this.#freshState())?.generation;
  }

  #stateIfFresh(): CacheState | undefined {
    return this.#tier.fresh(this.#clock()) === undefined ? undefined : this.#tier.state;
  }

  async #freshState(): Promise<CacheState | undefined> {
    const known = this.#stateIfFresh();
    if (known) return known;
    await this.#tier.refresh();
    return this.#stateIfFresh();
  }

  #entry(value: V, { begun, ttlMs }: { begun: CacheState; ttlMs: number }): CachedEntry<V> {
    const { measuredAt, maxTtlSeconds, sizeOf = jsonLength } = this.#options;
    const longest = maxTtlSeconds?.(value);
    return {
      value,
      expires_ms: this.#clock() + Math.min(ttlMs, longest === undefined ? ttlMs : longest * 1000),
      generation: begun.generation,
      removals: begun.removals.last,
      size: sizeOf(value),
      ...(measuredAt && { measured_ms: measuredAt(value) }),
    };
  }

  async #keep(key: string, entry: CachedEntry<V>): Promise<void> {
    if (this.#memory.put(key, entry) === 'older') return;
    await this.#tier.write(key, entry);
  }

  async #count(): Promise<LevelCount> {
    return (await this.#tier.count()) ?? this.#memory.count(this.#tier.state?.generation ?? 0);
  }
}

function jsonLength(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

function* take<T>(items: Iterable<T>, limit: number): Generator<T> {
  let left = limit;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}
