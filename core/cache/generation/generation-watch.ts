import type { Clock } from '../../time/clock.ts';
import { type CacheState, isBefore } from './cache-state.ts';
import type { RemovalLog } from './removal-log.ts';

/**
 * For how long what was read may be relied on, so that a clear or a removal is known everywhere
 * within a second.
 */
export const GENERATION_MAX_AGE_MS = 900;

export interface GenerationWatchOptions {
  /** Strongly consistent. */
  read: (signal: AbortSignal) => Promise<CacheState>;
  clock: Clock;
  /**
   * Called with removals that this function did not know; `since`: the number of the last one that
   * it had.
   */
  onRemovals: (removals: RemovalLog, since: number) => void;
}

/**
 * What this function knows of a cache's clears and removals, and from when. The age counts from the
 * moment the read was sent, so that a clear that landed while it was under way is not overlooked
 * for longer than it may.
 */
export class GenerationWatch {
  readonly #options: GenerationWatchOptions;
  #state: CacheState | undefined;
  /** Of the state, for the hot path. */
  #generation: number | undefined;
  /** When the newest read or write that returned it was sent … */
  #knownAt = 0;
  /** … and when its state was heard of. */
  #heardAt = 0;
  #reading: Reading | undefined;

  constructor(options: GenerationWatchOptions) {
    this.#options = options;
  }

  /**
   * The generation, if it is known freshly enough to serve from memory; a clock that was set back
   * knows nothing.
   */
  fresh(now: number): number | undefined {
    const age = now - this.#knownAt;
    return age >= 0 && age < GENERATION_MAX_AGE_MS ? this.#generation : undefined;
  }

  /** What was last heard of, however long ago. */
  get state(): CacheState | undefined {
    return this.#state;
  }

  /** Makes the next use read again, because something was changed just now. */
  invalidate(): void {
    this.#knownAt = Number.NEGATIVE_INFINITY;
    if (this.#reading) this.#reading.sentAt = Number.NEGATIVE_INFINITY;
    this.#reading = undefined;
  }

  /** Reads the cache's state, once for all that ask meanwhile. Rejects when it can't be read. */
  refresh(): Promise<void> {
    const now = this.#options.clock();
    const reading = this.#reading;
    if (reading && now - reading.sentAt >= 0 && now - reading.sentAt < GENERATION_MAX_AGE_MS) {
      return reading.promise;
    }
    reading?.abort.abort();
    return this.#start(now);
  }

  /**
   * Takes over the state that a read or a write sent at `at` returned. Of two that overlap the
   * higher state is the later one. A lower one that was asked for after the higher was known is
   * believed too: the table was made anew.
   */
  learn(state: CacheState, at: number): void {
    const now = this.#options.clock();
    const setBack = this.#knownAt > now;
    const known = this.#state;
    const overtaken = known !== undefined && isBefore(state, known) && at <= this.#heardAt;
    this.#knownAt = setBack ? at : Math.max(at, this.#knownAt);
    if (overtaken && !setBack) return;
    this.#state = state;
    this.#generation = state.generation;
    this.#heardAt = now;
    if (known && known.removals.last !== state.removals.last) {
      this.#options.onRemovals(state.removals, known.removals.last);
    }
  }

  #start(sentAt: number): Promise<void> {
    const abort = new AbortController();
    const reading: Reading = { sentAt, abort, promise: Promise.resolve() };
    const ended = () => {
      if (this.#reading === reading) this.#reading = undefined;
    };
    this.#reading = reading;
    reading.promise = this.#options
      .read(abort.signal)
      .then(state => this.learn(state, reading.sentAt))
      .finally(ended);
    return reading.promise;
  }
}

interface Reading {
  promise: Promise<void>;
  /** Long ago, once the reading is invalidated. */
  sentAt: number;
  abort: AbortController;
}
