import type { Found } from '../cache-level.ts';
import type { CachedEntry } from '../cached-entry.ts';
import { type CacheState, FIRST_STATE } from '../generation/cache-state.ts';
import type { Tier } from '../tier.ts';

/** The tier of a cache without a shared level. The generation is a number in this function. */
export class MemoryTier<V> implements Tier<V> {
  readonly alone = true;
  #state = FIRST_STATE;

  get state(): CacheState {
    return this.#state;
  }

  fresh(): number {
    return this.#state.generation;
  }

  invalidate(): void {}

  async refresh(): Promise<void> {}

  async find(_key: string, held: (generation: number) => CachedEntry<V> | undefined): Promise<Found<V>> {
    return { entry: held(this.#state.generation) };
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
    this.#state = { ...this.#state, generation: this.#state.generation + 1 };
  }

  async settle(): Promise<void> {}

  async drain(): Promise<void> {}
}
