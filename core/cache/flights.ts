import type { CacheState } from './generation/cache-state.ts';
import { GENERATION_MAX_AGE_MS } from './generation/generation-watch.ts';

/** One load under way. `begun`: the cache's state when it began, once that is known. */
export interface Flight<V> {
  promise: Promise<V | undefined>;
  startedAt: number;
  begun: CacheState | undefined;
}

/** Loads under way. Callers that ask for the same key meanwhile share one load. */
export class Flights<V> {
  readonly #flights = new Map<string, Flight<V>>();

  /**
   * The flight that a caller may join: one that began after the last clear that the caller may know
   * of. An earlier flight still answers the callers that joined it before.
   */
  joinable(key: string, { now, fresh }: { now: number; fresh: number | undefined }): Flight<V> | undefined {
    const flight = this.#flights.get(key);
    if (!flight) return undefined;
    if (fresh !== undefined && flight.begun !== undefined) {
      return flight.begun.generation === fresh ? flight : undefined;
    }
    const age = now - flight.startedAt;
    return age >= 0 && age < GENERATION_MAX_AGE_MS ? flight : undefined;
  }

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  start(
    key: string,
    now: number,
    load: (flight: Flight<V>) => Promise<V | undefined>,
  ): Promise<V | undefined> {
    const flight: Flight<V> = { promise: Promise.resolve(undefined), startedAt: now, begun: undefined };
    this.#flights.set(key, flight);
    flight.promise = load(flight).finally(() => {
      if (this.isCurrent(key, flight)) this.#flights.delete(key);
    });
    return flight.promise;
  }

  /**
   * False once the key was removed, the cache was cleared or a newer flight began. The flight's
   * value must not be kept then.
   */
  isCurrent(key: string, flight: Flight<V>): boolean {
    return this.#flights.get(key) === flight;
  }

  forget(key: string): void {
    this.#flights.delete(key);
  }

  /** Forgets the loads that may have begun before the removal of their key. */
  forgetBefore(isRemoved: (key: string, begun: CacheState | undefined) => boolean): void {
    for (const [key, { begun }] of this.#flights) {
      if (isRemoved(key, begun)) this.#flights.delete(key);
    }
  }

  forgetAll(): void {
    this.#flights.clear();
  }
}
