import type { Clock } from '../clock.ts';

/** For how long a read generation may be relied on, so that a clear is known everywhere within a second. */
export const GENERATION_MAX_AGE_MS = 900;

/**
 * What this function knows of a cache's generation, and from when. The age counts from the moment the read was sent, so
 * that a clear that landed while it was under way is not overlooked for longer than it may.
 */
export class GenerationWatch {
  readonly #read: (signal: AbortSignal) => Promise<number>;
  readonly #clock: Clock;
  #known: number | undefined;
  #knownAt = 0;
  #reading: { promise: Promise<void>; startedAt: number; abort: AbortController } | undefined;

  constructor({ read, clock }: { read: (signal: AbortSignal) => Promise<number>; clock: Clock }) {
    this.#read = read;
    this.#clock = clock;
  }

  /** The generation, if it is known freshly enough to serve from memory; a clock that was set back knows nothing. */
  fresh(now: number): number | undefined {
    const age = now - this.#knownAt;
    return age >= 0 && age < GENERATION_MAX_AGE_MS ? this.#known : undefined;
  }

  /** The last generation that was heard of, however long ago. */
  get lastKnown(): number | undefined {
    return this.#known;
  }

  /** Reads the generation, once for all who ask meanwhile. Rejects when it can't be read. */
  refresh(): Promise<void> {
    const now = this.#clock();
    const reading = this.#reading;
    if (reading && now - reading.startedAt >= 0 && now - reading.startedAt < GENERATION_MAX_AGE_MS) {
      return reading.promise;
    }
    reading?.abort.abort();
    return this.#start(now);
  }

  /**
   * Takes over what a read or a write sent at `at` told. Of two that overlap the higher generation is the later one;
   * a lower one from a later read is believed too (the table was made anew).
   */
  learn(generation: number, at: number): void {
    const setBack = this.#knownAt > this.#clock();
    const later = setBack || at >= this.#knownAt;
    if (!later && generation <= (this.#known ?? -1)) return;
    this.#known = generation;
    this.#knownAt = later ? at : this.#knownAt;
  }

  #start(startedAt: number): Promise<void> {
    const abort = new AbortController();
    const promise = this.#read(abort.signal).then(
      generation => {
        this.learn(generation, startedAt);
        if (this.#reading?.promise === promise) this.#reading = undefined;
      },
      error => {
        if (this.#reading?.promise === promise) this.#reading = undefined;
        throw error;
      },
    );
    this.#reading = { promise, startedAt, abort };
    return promise;
  }
}
