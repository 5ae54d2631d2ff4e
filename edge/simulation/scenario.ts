import { conditionsBetween, type PathConditions } from './path-conditions.ts';

/** What happens to simulated edges beside their traffic. Times are milliseconds since the epoch. */
export interface Scenario {
  /** How the way between two addresses is, whichever comes first. */
  conditions(address: string, other: string, now_ms: number): PathConditions;
  /**
   * Whether an edge can't send reports: it goes on counting, and its next report holds all of it.
   */
  isSilent(edge_id: string, now_ms: number): boolean;
}

/** Nothing happens. */
export const STEADY: Scenario = { conditions: conditionsBetween, isSilent: () => false };
