import { gzipSync } from 'node:zlib';
import type { StreamRecord } from '../core/ingest/stream-record.ts';

export const EDGES = 100;
export const POLICIES = 20;

/**
 * The reports of 100 edges with 20 policies each after a number of minutes, as edges send them:
 * gzip-compressed JSON.
 */
export function edgeReports(minute: number): StreamRecord[] {
  return Array.from({ length: EDGES }, (_, edge) => ({
    data: gzipSync(JSON.stringify(report(edge, minute))),
    partition_key: edgeId(edge),
    sequence_number: String(minute * EDGES + edge),
    shard_id: 'shardId-000000000000',
    arrived_at_ms: sentAt(minute),
  }));
}

/** One edge's report at a minute with only these policies. */
export function policiesReport({
  minute,
  seq,
  policies,
}: {
  minute: number;
  seq: number;
  policies: readonly string[];
}): StreamRecord {
  const counts = { endpoint_id: 'wan1', packets: seq * 1000, bytes: seq * 700_000, active_flows: seq % 400 };
  const all = policies.map(policy_id => ({ policy_id, ...counts }));
  return {
    data: gzipSync(JSON.stringify({ ...report(0, minute), seq, policies: all })),
    partition_key: edgeId(0),
    sequence_number: String(seq),
    shard_id: 'shardId-000000000000',
    arrived_at_ms: sentAt(minute),
  };
}

function report(edge: number, minute: number) {
  return {
    v: 1,
    edge_id: edgeId(edge),
    site_id: `550e8400-e29b-41d4-a716-4466554${String(edge).padStart(5, '0')}`,
    boot_id: '01JJZ3NDEKTSV4RRFFQ69G5FAV',
    seq: minute,
    part: 0,
    parts: 1,
    sent_at: new Date(sentAt(minute)).toISOString(),
    interval_s: 60,
    policies_version: '17',
    policies: Array.from({ length: POLICIES }, (_, policy) => {
      const rate = 1000 + ((edge * 31 + policy * 17) % 997) * 60;
      return {
        policy_id: policy === 0 ? 'default' : String(policy),
        endpoint_id: 'wan1',
        packets: rate * (100_000 + minute),
        bytes: rate * (100_000 + minute) * 700,
        active_flows: (edge * 7 + policy * 3 + minute) % 400,
      };
    }),
    flows: [],
    paths: [],
  };
}

function edgeId(edge: number): string {
  return `edge-${String(edge).padStart(3, '0')}`;
}

function sentAt(minute: number): number {
  return Date.UTC(2026, 0, 31) + minute * 60_000;
}
