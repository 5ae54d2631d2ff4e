import type { TargetOptions } from '../system/target-options.ts';

/** The input, ids and destination of a run of an edge. */
export interface CountingSessionOptions {
  edge_id: string;
  /** Default: the site at which the edge is registered. */
  site_id?: string;
  endpoint_id: string;
  boot_id?: string;
  /** A policies file, and its name in messages. */
  policies?: { path: string; shownAs: string };
  interval_s: number;
  listed_flows: number;
  /**
   * Whether the run can't be repeated: then the system's last answers are stored in the spool, and
   * used if the system can't be reached at the start.
   */
  unattended?: boolean;
  /** Sends nothing. */
  dry_run: boolean;
  /** Signs the reports with the edge's key. */
  sign?: boolean;
  /** Whether counts are scaled from samples: then the boot's reports are marked. */
  estimated?: boolean;
  /** Counts any number of flows exactly, which needs memory for each flow. */
  exact_flows: boolean;
  /** Sending gives up if no report was accepted for this time. */
  patience_ms?: number;
  spool?: string;
  target: TargetOptions;
  /** Prints a message for the user. */
  say: (line: string) => void;
  onTrouble: (line: string) => void;
}
