import { MAX_ID_LENGTH } from '../policy/policy.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import type { PolicyTotals } from '../totals/policy-totals.ts';

/**
 * Report v1, which edges send. The wire format is a contract (docs/api.md); this is its parsed,
 * trusted form.
 */
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
  /** Present if the boot's counts are scaled from samples; a boot is estimated or not. */
  estimated?: true;
  /** Totals since the boot. A pair that is left out keeps its totals and has no active flows. */
  policies: PolicyTotals[];
  /** One-way flows of this interval (increments). */
  flows: FlowRecord[];
  paths: PathReport[];
}

/** An edge's measurements of one path; tx and rx are totals since boot. */
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

/**
 * The limits of one report record. The database can store a record within them, and processing it
 * costs a few times as much as an ordinary record of the same size at the worst
 * (docs/decisions/098).
 */
export const REPORT_LIMITS = {
  /** JSON, after gunzip. */
  maxJsonBytes: 256 * 1024,
  /** Distinct policies in one part, so that a part fits one transaction. */
  maxPolicies: 80,
  /** Entries of `policies`. No part of 256 KiB has room for so many. */
  maxPairs: 4096,
  /** Entries of `flows`. No part of 256 KiB has room for so many. */
  maxFlows: 2048,
  /** Entries of `paths`. */
  maxPaths: 1024,
  /** Nesting of arrays and objects; a report needs 3. */
  maxDepth: 8,
  /** Arrays and objects; 256 KiB of pairs are 3,500. */
  maxContainers: 4608,
  /** Commas; 256 KiB of pairs have 18,000. */
  maxCommas: 24_576,
  /** Distinct names of fields; a report has 34. */
  maxNames: 256,
  maxParts: 1024,
  maxSeq: 2 ** 40,
  /** A year. */
  maxIntervalS: 31_536_000,
  /** Counts are unsigned and below 2^63, as routers keep them. */
  maxCount: 2n ** 63n - 1n,
  /** Of one pair; so the sum over a million pairs is exact as a number. */
  maxActiveFlows: 2 ** 32 - 1,
  /** Latency and jitter: an hour. */
  maxMilliseconds: 3_600_000,
  /** Bandwidth: a petabit per second. */
  maxMbps: 1e9,
  /** Characters of an id. */
  maxIdLength: MAX_ID_LENGTH,
} as const;
