import type { Clock } from '../clock.ts';
import type { Schedule } from '../schedule.ts';
import type { LevelCount } from './cache-level.ts';
import type { CachedEntry } from './cached-entry.ts';
import { GenerationWatch } from './generation-watch.ts';
import { SharedAccess, TROUBLE, type TroubleKind } from './shared-access.ts';
import type { SharedStore } from './shared-store.ts';
import { SharedWrites } from './shared-writes.ts';
import type { Tier } from './tier.ts';

export interface SharedTierOptions<V> {
  store: SharedStore<V>;
  /** Longest time that a request waits for the shared level. */
  limit_ms: number;
  /** After trouble the shared level is passed by for so long. */
  pause_ms: number;
  /** Least time between two shared writes of one key. */
  write_interval_ms: number;
  clock: Clock;
  schedule: Schedule;
  onTrouble: (kind: TroubleKind, cause?: unknown) => void;
}

/** Keys that may wait for their next shared write. */
const MAX_WAITING_WRITES = 10_000;

/** The level that all functions share, guarded: bounded in time, rate-limited in writes, true to its generation. */
export class SharedTier<V> implements Tier<V> {
  readonly alone = false;
  readonly #store: SharedStore<V>;
  readonly #clock: Clock;
  readonly #watch: GenerationWatch;
  readonly #access: SharedAccess;
  readonly #writes: SharedWrites<V>;

  constructor({ store, write_interval_ms, ...options }: SharedTierOptions<V>) {
    const { clock, schedule, onTrouble } = options;
    this.#store = store;
    this.#clock = clock;
    this.#watch = new GenerationWatch({ read: signal => store.readGeneration(signal), clock });
    this.#access = new SharedAccess(options);
    this.#writes = new SharedWrites({
      put: (key, entry) => this.#put(key, entry),
      interval_ms: write_interval_ms,
      max_waiting: MAX_WAITING_WRITES,
      clock,
      schedule,
      onOutcome: outcome => {
        if (outcome === 'too_large' || outcome === 'dropped') onTrouble(outcome);
      },
    });
  }

  fresh(now: number): number | undefined {
    return this.#watch.fresh(now);
  }

  get lastKnown(): number | undefined {
    return this.#watch.lastKnown;
  }

  async refresh(): Promise<void> {
    await this.#access.attempt(() => this.#watch.refresh());
  }

  async find(
    key: string,
    held: (generation: number) => CachedEntry<V> | undefined,
  ): Promise<CachedEntry<V> | undefined> {
    const found = await this.#access.attempt(signal => this.#find(key, { held, signal }));
    return found === TROUBLE ? undefined : found;
  }

  write(key: string, entry: CachedEntry<V>): Promise<void> {
    return this.#writes.write(key, entry);
  }

  async remove(key: string, generation: number): Promise<boolean> {
    this.#writes.cancel(key);
    const removed = await this.#access.attempt(async () => this.#store.level.remove(key, generation));
    return removed === true;
  }

  async count(): Promise<LevelCount | undefined> {
    const { generation } = await this.#current();
    return this.#store.level.count(generation);
  }

  async cleanupExpired(): Promise<number> {
    const { generation } = await this.#current();
    return this.#store.level.cleanupExpired(generation);
  }

  async clear(): Promise<void> {
    this.#writes.cancelAll();
    const sentAt = this.#clock();
    this.#watch.learn(await this.#store.raiseGeneration(), sentAt);
  }

  settle(): Promise<void> {
    return this.#writes.settle();
  }

  // The generation and the entry are asked for at once, on the guess that nothing was cleared since the last look.
  async #find(
    key: string,
    { held, signal }: { held: (generation: number) => CachedEntry<V> | undefined; signal: AbortSignal },
  ): Promise<CachedEntry<V> | undefined> {
    const guess = this.#watch.lastKnown;
    const inMemory = guess === undefined ? undefined : held(guess);
    const early =
      guess === undefined || inMemory ? undefined : invoke(() => this.#store.level.get(key, guess, signal));
    // Awaited below; until then its failure must not count as unhandled.
    early?.catch(() => {});
    if (this.#watch.fresh(this.#clock()) === undefined) await this.#watch.refresh();
    const generation = this.#watch.fresh(this.#clock());
    if (generation === undefined) return undefined;
    if (generation === guess) return inMemory ?? early;
    return held(generation) ?? this.#store.level.get(key, generation, signal);
  }

  // For whoever counts or cleans up: no limit in time, and trouble is theirs to report.
  async #current(): Promise<{ generation: number }> {
    return { generation: await this.#store.readGeneration(new AbortController().signal) };
  }

  async #put(key: string, entry: CachedEntry<V>) {
    const outcome = await this.#access.attempt(async () => this.#store.level.put(key, entry));
    return outcome === TROUBLE ? undefined : outcome;
  }
}

async function invoke<T>(call: () => T | Promise<T>): Promise<T> {
  return call();
}
