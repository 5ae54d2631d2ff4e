import { conditionsBetween, type PathConditions } from './path-conditions.ts';

/** Events of simulated edges apart from their traffic. Times are milliseconds since the epoch. */
export interface Scenario {
  /** The conditions between two addresses, in either order. */
  conditions(address: string, other: string, now_ms: number): PathConditions;
  /**
   * Whether an edge can't send reports: it continues counting, and its next report contains all of
   * it.
   */
  isSilent(edge_id: string, now_ms: number): boolean;
}

/** A scenario without events. */
export const STEADY: Scenario = { conditions: conditionsBetween, isSilent: () => false };
