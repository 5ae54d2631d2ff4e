import { MAX_ID_LENGTH } from '../policy/policy.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import type { PolicyTotals } from '../totals/policy-totals.ts';

/** Report v1: what an edge sends. The wire format is a contract (docs/api.md); this is its parsed, trusted form. */
export interface Report {
  v: 1;
  edge_id: string;
  site_id: string;
  boot_id: string;
  /** Grows by one a report within a boot. */
  seq: number;
  /** 0 … parts − 1. A (policy, endpoint) pair is always in the same part of a boot. */
  part: number;
  parts: number;
  /** RFC 3339, UTC, the edge's clock. */
  sent_at: string;
  interval_s: number;
  policies_version: string;
  /** There when the boot's counts are scaled from samples; a boot is estimated or not. */
  estimated?: true;
  /** Totals since the boot. A pair that is left out keeps its totals and has no active flows. */
  policies: PolicyTotals[];
  /** One-way flows of this interval (increments). */
  flows: FlowRecord[];
  paths: PathReport[];
}

/** What an edge measured on one path; tx and rx are totals since boot. */
export interface PathReport {
  path_id: string;
  latency_ms: number;
  jitter_ms: number;
  packet_loss_pct: number;
  bandwidth_mbps: number;
  measured_at: string;
  tx_packets: bigint;
  tx_bytes: bigint;
  rx_packets: bigint;
  rx_bytes: bigint;
}

/** The contract's limits on one report record. */
export const REPORT_LIMITS = {
  /** JSON, after gunzip. */
  maxJsonBytes: 256 * 1024,
  /** Distinct policies in one part, so that a part fits one transaction. */
  maxPolicies: 80,
  /** Nesting of arrays and objects; a report needs 3. */
  maxDepth: 8,
  /** Counts are unsigned and below 2^63, as routers keep them. */
  maxCount: 2n ** 63n - 1n,
  /** Characters of an id. */
  maxIdLength: MAX_ID_LENGTH,
} as const;
