import { BatchGetCommand, type BatchGetCommandOutput } from '@aws-sdk/lib-dynamodb';
import { laneTotals } from '../traffic/lane.ts';
import { decodeLane } from '../traffic/lane-codec.ts';
import { laneBucket, parseLaneSortKey } from '../traffic/lane-keys.ts';
import { laneSamplePartition } from './history-keys.ts';
import type { Sample, SnapshotMark } from './sample.ts';
import type { SampleStore } from './sample-store.ts';

/** Which lanes, and which pairs of them, a series sums. */
export interface SeriesSelection {
  lanes: readonly { edge_id: string; part: number }[];
  policy_id?: string | undefined;
  endpoint_id?: string | undefined;
}

/** DynamoDB's limit on one BatchGetItem call. */
const BATCH_MAX_KEYS = 100;

/**
 * The sum of some lanes at every mark, ascending. A lane without a sample at a mark has not changed since its last one; before
 * its first one it counted nothing.
 */
export async function readLaneSeries(
  store: SampleStore,
  { marks, selection }: { marks: readonly SnapshotMark[]; selection: SeriesSelection },
): Promise<Sample[]> {
  const found = await readSamples(store, keysOf(marks, selection));
  const latest = new Map<string, Counts>();
  return marks.map(mark => {
    for (const { edge_id, part } of selection.lanes) {
      const data = found.get(keyText(keyOf(mark, edge_id, part)));
      if (data) latest.set(`${edge_id}#${part}`, countsOf({ edge_id, part, data }, selection));
    }
    return { at: mark.at, taken_at: mark.taken_at, ...sum(latest.values()) };
  });
}

interface Key {
  pk: string;
  sk: string;
}

interface Counts {
  packets: bigint;
  bytes: bigint;
  active_flows: number;
}

function keysOf(marks: readonly SnapshotMark[], { lanes }: SeriesSelection): Key[] {
  return marks.flatMap(mark => lanes.map(({ edge_id, part }) => keyOf(mark, edge_id, part)));
}

function keyOf({ minute, taken_at }: SnapshotMark, edge_id: string, part: number): Key {
  return {
    pk: laneSamplePartition({ minute, taken_at, bucket: laneBucket(edge_id) }),
    sk: `${edge_id}#${part}`,
  };
}

function keyText({ pk, sk }: Key): string {
  return `${pk}\u0000${sk}`;
}

async function readSamples({ client, table }: SampleStore, keys: Key[]): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  const batches = Array.from({ length: Math.ceil(keys.length / BATCH_MAX_KEYS) }, (_, index) =>
    keys.slice(index * BATCH_MAX_KEYS, (index + 1) * BATCH_MAX_KEYS),
  );
  const read = async (batch: Key[]): Promise<void> => {
    let Keys: Record<string, unknown>[] | undefined = batch as unknown as Record<string, unknown>[];
    while (Keys && Keys.length > 0) {
      const { Responses, UnprocessedKeys }: BatchGetCommandOutput = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
      );
      for (const item of (Responses?.[table] ?? []) as (Key & { data: Uint8Array })[]) {
        found.set(keyText(item), item.data);
      }
      Keys = UnprocessedKeys?.[table]?.Keys;
    }
  };
  await Promise.all(batches.map(read));
  return found;
}

function countsOf(
  { edge_id, part, data }: { edge_id: string; part: number; data: Uint8Array },
  { policy_id, endpoint_id }: SeriesSelection,
): Counts {
  const pairs = laneTotals(decodeLane(parseLaneSortKey(`${edge_id}#${part}`), data)).filter(
    pair =>
      (policy_id === undefined || pair.policy_id === policy_id) &&
      (endpoint_id === undefined || pair.endpoint_id === endpoint_id),
  );
  return sum(pairs);
}

function sum(counts: Iterable<Counts>): Counts {
  const total: Counts = { packets: 0n, bytes: 0n, active_flows: 0 };
  for (const { packets, bytes, active_flows } of counts) {
    total.packets += packets;
    total.bytes += bytes;
    total.active_flows += active_flows;
  }
  return total;
}
