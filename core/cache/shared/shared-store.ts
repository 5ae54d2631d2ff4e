import type { CacheLevel } from '../cache-level.ts';
import type { CacheState } from '../generation/cache-state.ts';
import { raiseGeneration, readGeneration, recordRemoval } from '../generation/generation.ts';
import { TableLevel, type TableLevelOptions } from './table-level.ts';

/** A level that functions share, and the state that says which of its entries are valid. */
export interface SharedStore<V> {
  level: CacheLevel<V>;
  /** Strongly consistent: the result includes every clear and removal before the call. */
  readState(signal: AbortSignal): Promise<CacheState>;
  /** Invalidates every entry in every function, and returns the new state. */
  raiseGeneration(): Promise<CacheState>;
  /** Invalidates this key's entries in every function, and returns the new state. */
  recordRemoval(key: string): Promise<CacheState>;
}

/** The store in the Cache table. */
export function tableStore<V>(options: TableLevelOptions<V>): SharedStore<V> {
  return {
    level: new TableLevel(options),
    readState: signal => readGeneration(options, signal),
    raiseGeneration: () => raiseGeneration(options),
    recordRemoval: key => recordRemoval(options, key),
  };
}
