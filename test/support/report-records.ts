import { gzipSync } from 'node:zlib';
import type { StreamRecord } from '../../core/ingest/stream-record.ts';
import type { PathReport, Report } from '../../core/report/report.ts';
import type { FlowRecord } from '../../core/totals/flow-record.ts';
import type { PolicyTotals } from '../../core/totals/policy-totals.ts';

export const T0 = Date.UTC(2026, 0, 31, 12);

/** The fields of a report that a test sets; the rest is filled in. */
export type ReportSketch = Partial<Omit<Report, 'policies' | 'sent_at'>> & {
  /** Milliseconds after T0. */
  sent_ms?: number;
  policies?: (Pick<PolicyTotals, 'policy_id'> & Partial<PolicyTotals>)[];
};

export function makeReport({ sent_ms = 0, policies = [], ...given }: ReportSketch = {}): Report {
  return {
    v: 1,
    edge_id: 'edge-1',
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    boot_id: 'boot-1',
    seq: 1,
    part: 0,
    parts: 1,
    sent_at: new Date(T0 + sent_ms).toISOString(),
    interval_s: 60,
    policies_version: '1',
    flows: [] as FlowRecord[],
    paths: [] as PathReport[],
    ...given,
    policies: policies.map(pair => ({
      endpoint_id: 'wan1',
      packets: 0n,
      bytes: 0n,
      active_flows: 0,
      ...pair,
    })),
  };
}

/** In the format of an edge: integers above 2^53 − 1 as strings. */
export function reportJson(report: unknown): string {
  return JSON.stringify(report, (_, value) => {
    if (typeof value !== 'bigint') return value;
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
  });
}

export interface RecordPlace {
  sequence?: number;
  shard?: number;
  arrived_ms?: number;
  gzip?: boolean;
  partition_key?: string;
}

/** A record of the stream with these bytes. */
export function rawRecord(
  data: Uint8Array,
  { sequence = 1, shard = 0, arrived_ms = 0, partition_key = 'edge-1' }: RecordPlace = {},
): StreamRecord {
  return {
    data,
    partition_key,
    sequence_number: String(10_000 + sequence),
    shard_id: `shardId-${String(shard).padStart(12, '0')}`,
    arrived_at_ms: T0 + arrived_ms,
  };
}

/** A record of the stream with this report. */
export function reportRecord(sketch: ReportSketch, place: RecordPlace = {}): StreamRecord {
  const report = makeReport(sketch);
  const json = Buffer.from(reportJson(report));
  const data = place.gzip === false ? json : gzipSync(json);
  return rawRecord(data, { partition_key: report.edge_id, ...place });
}
