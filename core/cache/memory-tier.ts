import type { Found } from './cache-level.ts';
import type { CachedEntry } from './cached-entry.ts';
import type { Tier } from './tier.ts';

/** Nothing behind memory: the cache is this function's own, and its generation a number in it. */
export class MemoryTier<V> implements Tier<V> {
  readonly alone = true;
  #generation = 0;

  get lastKnown(): number {
    return this.#generation;
  }

  fresh(): number {
    return this.#generation;
  }

  async refresh(): Promise<void> {}

  async find(_key: string, held: (generation: number) => CachedEntry<V> | undefined): Promise<Found<V>> {
    return { entry: held(this.#generation) };
  }

  async write(): Promise<void> {}

  async remove(): Promise<boolean> {
    return false;
  }

  async count(): Promise<undefined> {
    return undefined;
  }

  async cleanupExpired(): Promise<number> {
    return 0;
  }

  async clear(): Promise<void> {
    this.#generation++;
  }

  async settle(): Promise<void> {}
}
