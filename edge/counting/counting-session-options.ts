import type { TargetOptions } from '../system/target-options.ts';

/** What one run of an edge counts, under which names, and where its reports go. */
export interface CountingSessionOptions {
  edge_id: string;
  /** Without it the site that the edge is registered at. */
  site_id?: string;
  endpoint_id: string;
  boot_id?: string;
  /** A policies file, and how to call it in messages. */
  policies?: { path: string; shownAs: string };
  interval_s: number;
  listed_flows: number;
  /**
   * Nobody can run it again: what the system said last is kept in the spool, and used when the
   * system can't be reached at the start.
   */
  unattended?: boolean;
  /** Sends nothing. */
  dry_run: boolean;
  /** Signs the reports with the edge's key. */
  sign?: boolean;
  /** What is counted is scaled from samples: the boot's reports say so. */
  estimated?: boolean;
  /** Counts flows exactly at any number of flows, which takes memory for each. */
  exact_flows: boolean;
  /** Without a report taken for so long, sending gives up. */
  patience_ms?: number;
  spool?: string;
  target: TargetOptions;
  /** Tells the user something on the way. */
  say: (line: string) => void;
  onTrouble: (line: string) => void;
}
