import type { Clock } from '../../time/clock.ts';
import type { Schedule } from '../../time/schedule.ts';
import type { Found, ItemAddress, LevelCount } from '../cache-level.ts';
import type { CachedEntry } from '../cached-entry.ts';
import type { CacheState } from '../generation/cache-state.ts';
import { GenerationWatch } from '../generation/generation-watch.ts';
import type { RemovalLog } from '../generation/removal-log.ts';
import type { Tier } from '../tier.ts';
import { SharedAccess, TROUBLE, type TroubleKind } from './shared-access.ts';
import type { SharedStore } from './shared-store.ts';
import { WriteThrottle } from './write-throttle.ts';

export interface SharedTierOptions<V> {
  store: SharedStore<V>;
  /** How long a request waits for the shared level. */
  limit_ms: number;
  /** How long the shared level is bypassed after trouble. */
  pause_ms: number;
  /** Least time between two shared writes of one key. */
  write_interval_ms: number;
  clock: Clock;
  schedule: Schedule;
  onTrouble: (kind: TroubleKind, cause?: unknown) => void;
  /**
   * Called with removals that this function did not know. `since`: the number of the last removal
   * that it knew.
   */
  onRemovals: (removals: RemovalLog, since: number) => void;
}

interface Look<V> {
  held: (generation: number) => CachedEntry<V> | undefined;
  companion?: ItemAddress | undefined;
  signal: AbortSignal;
}

/** Keys that may wait for their next shared write. */
const MAX_WAITING_WRITES = 10_000;

/**
 * The level that all functions share, with a time limit, a write throttle and checks of its
 * generation.
 */
export class SharedTier<V> implements Tier<V> {
  readonly alone = false;
  readonly #store: SharedStore<V>;
  readonly #clock: Clock;
  readonly #watch: GenerationWatch;
  readonly #access: SharedAccess;
  readonly #writes: WriteThrottle<V>;

  constructor({ store, write_interval_ms, onRemovals, ...options }: SharedTierOptions<V>) {
    const { clock, schedule, onTrouble } = options;
    this.#store = store;
    this.#clock = clock;
    this.#watch = new GenerationWatch({
      read: signal => store.readState(signal),
      clock,
      onRemovals: (removals, since) => {
        this.#writes.cancelWhere((key, entry) => removals.mayName(key, entry.removals));
        onRemovals(removals, since);
      },
    });
    this.#access = new SharedAccess(options);
    this.#writes = new WriteThrottle({
      put: async (key, entry) => {
        // A write over the time limit is not aborted: it may still be stored.
        const outcome = await this.#access.attempt(async () => store.level.put(key, entry));
        return outcome === TROUBLE ? undefined : outcome;
      },
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

  get state(): CacheState | undefined {
    return this.#watch.state;
  }

  invalidate(): void {
    this.#watch.invalidate();
  }

  async refresh(): Promise<void> {
    await this.#access.attempt(() => this.#watch.refresh());
  }

  async find(
    key: string,
    held: (generation: number) => CachedEntry<V> | undefined,
    companion?: ItemAddress,
  ): Promise<Found<V>> {
    const found = await this.#access.attempt(signal => this.#find(key, { held, companion, signal }));
    return found === TROUBLE ? { entry: undefined } : found;
  }

  write(key: string, entry: CachedEntry<V>): Promise<void> {
    return this.#writes.write(key, entry);
  }

  // The record invalidates the entry. Deleting it as well saves room and keeps the count right.
  async remove(key: string, generation: number): Promise<boolean> {
    this.#writes.cancel(key);
    const { recordRemoval, level } = this.#store;
    const removed = await this.#access.attempt(async () => {
      const sentAt = this.#clock();
      const [state, hadValue] = await Promise.all([recordRemoval(key), level.remove(key, generation)]);
      this.#watch.learn(state, sentAt);
      return hadValue;
    });
    return removed === true;
  }

  async count(): Promise<LevelCount | undefined> {
    const { generation, removals } = await this.#current();
    return this.#store.level.count(generation, removals);
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

  drain(): Promise<void> {
    return this.#writes.drain();
  }

  // Reads the generation and the entry at the same time, on the guess that nothing was cleared
  // since the last read.
  async #find(key: string, { held, companion, signal }: Look<V>): Promise<Found<V>> {
    const guess = this.#watch.state?.generation;
    const inMemory = guess === undefined ? undefined : held(guess);
    const early = guess === undefined || inMemory ? undefined : this.#read(key, guess, { companion, signal });
    // Awaited below; until then its failure must not count as unhandled.
    early?.catch(() => {});
    if (this.#watch.fresh(this.#clock()) === undefined) await this.#watch.refresh();
    const generation = this.#watch.fresh(this.#clock());
    if (generation === undefined) return { entry: undefined };
    if (generation === guess && early) return early;
    // Asks memory again, because the refresh may have removed the key from it.
    const entry = held(generation);
    return entry ? { entry } : this.#read(key, generation, { signal });
  }

  async #read(
    key: string,
    generation: number,
    { companion, signal }: Pick<Look<V>, 'companion' | 'signal'>,
  ): Promise<Found<V>> {
    const { level } = this.#store;
    if (companion && level.getWithCompanion)
      return level.getWithCompanion(key, generation, companion, signal);
    return { entry: await level.get(key, generation, signal) };
  }

  // For counts and clean-up, which have no time limit here and reject on trouble.
  #current(): Promise<CacheState> {
    return this.#store.readState(new AbortController().signal);
  }
}
