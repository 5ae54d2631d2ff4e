import { RemovalLog } from './removal-log.ts';

/**
 * What a function must know of a cache before it serves from memory: which entries are cleared and
 * which keys are removed.
 */
export interface CacheState {
  /** Each clear raises it. Entries of earlier generations are invalid. */
  generation: number;
  removals: RemovalLog;
}

/** The state of a cache in which nothing was cleared or removed yet. */
export const FIRST_STATE: CacheState = { generation: 0, removals: RemovalLog.empty };

/**
 * Whether `a` was before `b`. Generation and removals only grow, so this is their order in time.
 */
export function isBefore(a: CacheState, b: CacheState): boolean {
  return a.generation < b.generation || (a.generation === b.generation && a.removals.last < b.removals.last);
}
