import { RemovalLog } from './removal-log.ts';

/**
 * What a function must know of a cache before it serves from memory: which entries are cleared,
 * which keys removed.
 */
export interface CacheState {
  /** Raised by each clear; entries of earlier generations are dead. */
  generation: number;
  removals: RemovalLog;
}

/** Of a cache of which nothing was ever cleared or removed. */
export const FIRST_STATE: CacheState = { generation: 0, removals: RemovalLog.empty };

/** Was `a` before `b`? Both only grow, so this is their order in time. */
export function isBefore(a: CacheState, b: CacheState): boolean {
  return a.generation < b.generation || (a.generation === b.generation && a.removals.last < b.removals.last);
}
