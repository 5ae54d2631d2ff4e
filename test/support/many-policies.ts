import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { hourOf } from '../../core/ledger/lane/hour-of.ts';
import type { Lane } from '../../core/ledger/lane/lane.ts';
import { NO_RATE } from '../../core/ledger/lane/pair-rate.ts';
import { counterKey, heardEdgeKey, laneKey } from '../../core/ledger/lane-keys.ts';
import { encodeLane } from '../../core/ledger/packing/lane-codec.ts';
import { batchPut } from '../../core/storage/batch-write.ts';
import { pairKey } from '../../core/totals/pair-key.ts';

/** Policies of a lane: an edge that received new policies all the time. */
const A_LANE = 500;

/** The counts of policy number `index`: no two are equal. */
export function packetsOf(index: number): bigint {
  return BigInt(index + 1) * 1_000_003n;
}

/** `invented-00000` … : ids that are not defined. */
export function inventedId(index: number): string {
  return `invented-${String(index).padStart(5, '0')}`;
}

export interface ManyPolicies {
  client: DynamoDBDocumentClient;
  table: string;
  /** The number of policy ids with counts. */
  policies: number;
  /** When the edges were last heard, milliseconds. */
  heard_at: number;
  /** Packets of each policy on top of {@link packetsOf}. */
  more?: bigint;
}

/**
 * Puts the lanes and counters of edges with counts for this number of policies, as ingest would
 * have left them.
 */
export async function putManyPolicies({
  client,
  table,
  policies,
  heard_at,
  more = 0n,
}: ManyPolicies): Promise<void> {
  const lanes = Array.from({ length: Math.ceil(policies / A_LANE) }, (_, lane) => {
    const first = lane * A_LANE;
    const indexes = Array.from({ length: Math.min(A_LANE, policies - first) }, (_, at) => first + at);
    const pairs = indexes.map(index => {
      const packets = packetsOf(index) + more;
      const pair = {
        ...{ policy_id: inventedId(index), endpoint_id: 'wan1', packets, bytes: packets * 100n },
        ...{ active_flows: 1, rate: NO_RATE, earlier_packets: 0n, earlier_bytes: 0n },
        ...{ estimated: false, earlier_estimated: 0n },
        ...{ seq: 1, named_hour: hourOf(heard_at) },
      };
      return [pairKey(pair), pair] as const;
    });
    return laneItem(`edge-${lane}`, { pairs: new Map(pairs), heard_at });
  });
  const edges = lanes.map(({ edge_id }) => ({ ...heardEdgeKey(edge_id), heard: true }));
  const counters = Array.from({ length: policies }, (_, index) => {
    const packets = packetsOf(index) + more;
    return { ...counterKey(0, inventedId(index)), packets, bytes: packets * 100n, active_flows: 1 };
  });
  const items = [...lanes.map(({ item }) => item), ...edges, ...counters];
  await batchPut(items, { client, table, sleep: async () => {} });
}

function laneItem(edge_id: string, { pairs, heard_at }: { pairs: Lane['pairs']; heard_at: number }) {
  const lane: Lane = {
    edge_id,
    part: 0,
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    policies_version: '1',
    interval_s: 60,
    boot_id: 'boot-1',
    seq: 1,
    parts: 1,
    sent_at_ms: heard_at,
    first_heard_at_ms: heard_at,
    last_heard_at_ms: heard_at,
    slot: 0,
    parts_before: 0,
    idle_version: 0,
    pairs,
    paths: new Map(),
  };
  return { edge_id, item: { ...laneKey(edge_id, 0), version: 1, data: encodeLane(lane) } };
}
