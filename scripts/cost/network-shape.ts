import { QUOTAS } from './quotas.ts';

/** The properties of a network and its deployment that the bill depends on. */
export interface NetworkShape {
  edges: number;
  policies: number;
  /** Paths that an edge measures: those whose source is its site. */
  paths: number;
  /** Flows that a report lists; 0: no flow log. */
  flows: number;
  /** Seconds between two reports of an edge. */
  interval_s: number;
  /** How long reports are collected before ingest is called, seconds: `ingest_window_seconds`. */
  window_s: number;
  /** How long the stream keeps reports, hours: `stream_retention_hours`. */
  retention_hours: number;
  /** Whether the stream is encrypted: `encrypt_stream`. */
  encrypted: boolean;
  /**
   * Write units a second from which Traffic is billed by the hour: `provisioned_write_units`; 0: by
   * the request.
   */
  provisioned_units: number;
  /** How long flows are kept, hours: `flow_log_ttl_hours`. */
  flow_hours: number;
  /** Whether there is a dashboard in CloudWatch: `dashboard`. */
  dashboard: boolean;
  /** Whether AWS WAF protects the API and the sign-in: `firewall_requests` above 0. */
  firewall: boolean;
  /** Whether AppSync logs each request: `request_log`. */
  request_log: boolean;
  /** Hours a month that consoles are open, summed over all people. */
  console_hours: number;
  /** How often people edit a policy, a day. */
  edits_a_day: number;
  /** How often a path fails, a day and edge. */
  failures_a_day: number;
  /** The number of lanes in a group of the snapshot; left out: the default. */
  lanes_a_group?: number | undefined;
}

export const MINUTES_A_DAY = 24 * 60;
export const MINUTES_A_MONTH = 30 * MINUTES_A_DAY;

/** The capacity of one shard a second. */
const SHARD_RECORDS = 1000;
const SHARD_BYTES = 1_000_000;
/**
 * Lambda's limits of a batch: the event source's, and 6 MB of an event whose records are in base64.
 */
const BATCH_RECORDS = 1000;
const BATCH_BYTES = 4_400_000;
/** A transaction of DynamoDB. */
const TRANSACTION_ACTIONS = 100;

/** How reports flow through the stream. */
export interface ReportFlow {
  /** Reports a minute, of all edges. */
  reports: number;
  shards: number;
  /** Reports in a batch, on average. */
  batch: number;
  /** Calls of ingest a minute. */
  batches: number;
  /** Transactions a minute. */
  transactions: number;
}

/** @param record_bytes bytes of a report in the stream */
export function reportFlowOf(shape: NetworkShape, { record_bytes }: { record_bytes: number }): ReportFlow {
  const { edges, interval_s, window_s, policies } = shape;
  const reports = (edges * 60) / interval_s;
  const perSecond = reports / 60;
  const shards = Math.max(1, Math.ceil(edges / edgesOfShard(shape, { record_bytes })));
  const room = Math.min(BATCH_RECORDS, Math.floor(BATCH_BYTES / record_bytes));
  // A window without a report causes no call; without a window Lambda polls each second.
  const batch = Math.min(room, Math.max(1, (perSecond / shards) * Math.max(1, window_s)));
  const batches = reports / batch;
  const lanes = Math.max(1, TRANSACTION_ACTIONS - policies);
  return { reports, shards, batch, batches, transactions: batches * Math.ceil(batch / lanes - 1e-9) };
}

/**
 * The number of edges that one shard can carry: limited by records, by bytes, and by the counters
 * of its slot, which each transaction writes at two units each, for as many lanes as fit next to
 * them.
 */
export function edgesOfShard(
  { interval_s, policies }: NetworkShape,
  { record_bytes }: { record_bytes: number },
): number {
  const lanes = Math.max(1, TRANSACTION_ACTIONS - policies);
  const counter_units = (2 * policies) / lanes;
  const reports = Math.min(
    SHARD_RECORDS,
    SHARD_BYTES / record_bytes,
    QUOTAS.key_writes.value / counter_units,
  );
  return Math.max(1, Math.floor(reports * interval_s));
}
