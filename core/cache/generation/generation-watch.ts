import type { Clock } from '../../time/clock.ts';
import { type CacheState, isBefore } from './cache-state.ts';
import type { RemovalLog } from './removal-log.ts';

/**
 * How long a state that was read is used, so that a clear or a removal is known in every function
 * within a second.
 */
export const GENERATION_MAX_AGE_MS = 900;

export interface GenerationWatchOptions {
  /** Strongly consistent. */
  read: (signal: AbortSignal) => Promise<CacheState>;
  clock: Clock;
  /**
   * Called with removals that this function did not know. `since`: the number of the last removal
   * that it knew.
   */
  onRemovals: (removals: RemovalLog, since: number) => void;
}

/**
 * What this function knows of a cache's clears and removals, and since when. The age counts from
 * the moment when the read was sent, so that a clear that was committed during the read is known in
 * time too.
 */
export class GenerationWatch {
  readonly #options: GenerationWatchOptions;
  #state: CacheState | undefined;
  /** The state's generation, for the hot path. */
  #generation: number | undefined;
  /** When the newest read or write that confirmed the state was sent. */
  #knownAt = 0;
  /** When the state was received. */
  #heardAt = 0;
  #reading: Reading | undefined;

  constructor(options: GenerationWatchOptions) {
    this.#options = options;
  }

  /**
   * The generation, if it is fresh enough to serve from memory. Undefined after the clock was set
   * back.
   */
  fresh(now: number): number | undefined {
    const age = now - this.#knownAt;
    return age >= 0 && age < GENERATION_MAX_AGE_MS ? this.#generation : undefined;
  }

  /** The last known state, of any age. */
  get state(): CacheState | undefined {
    return this.#state;
  }

  /** Makes the next use read again. An answer that is on its way no longer counts as fresh. */
  invalidate(): void {
    this.#knownAt = Number.NEGATIVE_INFINITY;
    if (this.#reading) this.#reading.sentAt = Number.NEGATIVE_INFINITY;
    this.#reading = undefined;
  }

  /** Reads the cache's state; concurrent callers share one read. Rejects when it can't be read. */
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
   * Adopts the state that a read or a write sent at `at` returned. Of two that overlap, the higher
   * state is the later one. A lower state is adopted if it was asked for after the higher one was
   * known: the table was created again.
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
  /** Minus infinity once the reading is invalidated. */
  sentAt: number;
  abort: AbortController;
}
