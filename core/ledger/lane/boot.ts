import type { PathCounts } from '../../totals/path-counts.ts';

/** The last `seq` and the totals of one boot that is not the current one, in one part of an edge. */
export interface Boot {
  boot_id: string;
  seq: number;
  parts: number;
  /** `sent_at` of the last report applied, milliseconds. */
  sent_at_ms: number;
  /** By pairKey. */
  pairs: Map<string, BootPair>;
  paths: Map<string, PathCounts>;
}

export interface BootPair {
  policy_id: string;
  endpoint_id: string;
  packets: bigint;
  bytes: bigint;
}
