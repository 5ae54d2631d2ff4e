import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Lane } from '../../core/ledger/lane/lane.ts';
import { heardEdgeKey, laneKey } from '../../core/ledger/lane-keys.ts';
import { encodeLane } from '../../core/ledger/packing/lane-codec.ts';
import type { TestTables } from './tables.ts';

/** A lane without counts, as ingest stores it. */
export function someLane(given: Partial<Lane> & Pick<Lane, 'edge_id' | 'last_heard_at_ms'>): Lane {
  return {
    part: 0,
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    policies_version: '0',
    interval_s: 60,
    boot_id: 'boot-1',
    seq: 1,
    parts: 1,
    sent_at_ms: given.last_heard_at_ms,
    first_heard_at_ms: given.last_heard_at_ms,
    slot: 0,
    parts_before: 0,
    idle_version: 0,
    paths: new Map(),
    pairs: new Map(),
    ...given,
  };
}

/** Stores a lane in place of the existing one. */
export async function putLane({ client, tables }: TestTables, lane: Lane): Promise<void> {
  const Item = { ...laneKey(lane.edge_id, lane.part), version: 1, data: encodeLane(lane) };
  await client.send(new PutCommand({ TableName: tables.traffic, Item }));
  await client.send(new PutCommand({ TableName: tables.traffic, Item: heardEdgeKey(lane.edge_id) }));
}
