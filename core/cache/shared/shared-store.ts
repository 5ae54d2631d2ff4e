import type { CacheLevel } from '../cache-level.ts';
import type { CacheState } from '../generation/cache-state.ts';
import { raiseGeneration, readGeneration, recordRemoval } from '../generation/generation.ts';
import { TableLevel, type TableLevelOptions } from './table-level.ts';

/** A level that functions share, and the state that says which of its entries live. */
export interface SharedStore<V> {
  level: CacheLevel<V>;
  /** Strongly consistent: what was cleared or removed before the call is known after it. */
  readState(signal: AbortSignal): Promise<CacheState>;
  /** Makes every entry of every function dead, and answers the new state. */
  raiseGeneration(): Promise<CacheState>;
  /** Makes this key's entries of every function dead, and answers the new state. */
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
