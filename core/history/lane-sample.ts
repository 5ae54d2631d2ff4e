import { wholeLanes } from '../ledger/figures/read-idle.ts';
import type { Lane } from '../ledger/lane/lane.ts';
import type { WholeLane } from '../ledger/lane/lane-totals.ts';
import { laneBucket, laneBuckets, laneKey, lanePartition, parseLaneSortKey } from '../ledger/lane-keys.ts';
import { decodeLane } from '../ledger/packing/lane-codec.ts';
import { type BatchGetOptions, batchGet, readItems } from '../storage/batch-get.ts';
import { type ItemKey, keyText } from '../storage/item.ts';
import { readPartitions } from '../storage/read-partitions.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import { laneSamplePartition } from './history-keys.ts';
import type { SampleStore } from './sample-store.ts';

/** A lane as it was read: its packed bytes, kept as they are, and what they say. */
export interface LaneReading {
  bucket: string;
  sk: string;
  data: Uint8Array;
  /** `undefined` where the bytes can't be read; such a lane is counted and left out. */
  lane: WholeLane | undefined;
  /** Of a sample: the minute up to which its totals were known, where that is before the reading's. */
  covered_to?: number | undefined;
}

/** Which reading of the lanes: the minute it was taken for, and when it was taken. */
export interface Reading {
  minute: number;
  taken_at: number;
}

/** Every lane as it is now, read strongly, all buckets at once. */
export function readLanesNow(store: SampleStore): AsyncGenerator<LaneReading[]> {
  return readBuckets(store, bucket => lanePartition(bucket));
}

/** Every lane as a snapshot saw it. */
export function readLanesAt(store: SampleStore, reading: Reading): AsyncGenerator<LaneReading[]> {
  return readBuckets(store, bucket => laneSamplePartition({ ...reading, bucket }));
}

/** Which lane. */
export interface LaneName {
  edge_id: string;
  part: number;
}

/** So many lanes are unpacked at once. */
const NAMED_AT_ONCE = 1000;

/** These lanes as a snapshot saw them; those that it didn't sample are left out. @throws Throttled at the deadline */
export async function* readNamedLanesAt(
  store: BatchGetOptions,
  reading: Reading,
  lanes: readonly LaneName[],
): AsyncGenerator<LaneReading[]> {
  for (let from = 0; from < lanes.length; from += NAMED_AT_ONCE) {
    const keys = lanes.slice(from, from + NAMED_AT_ONCE).map(lane => laneSampleKey(lane, reading));
    const items = await batchGet<ItemKey & StoredLane>(keys, store);
    const stored = items.map(item => ({ ...item, bucket: laneBucket(parseLaneSortKey(item.sk).edge_id) }));
    yield await toLaneReadings(store, stored);
  }
}

/** A lane as a reading saw it. */
export interface LaneSample {
  /** The lane's packed bytes. */
  data: Uint8Array;
  /** The minute up to which its totals were known: the reading's, unless its edge's reports lagged. */
  covered_to: number;
}

/** Undefined where the lane was not sampled. */
export type LaneSampleAt = (lane: LaneName, reading: Reading) => LaneSample | undefined;

/**
 * Some lanes as some snapshots saw them.
 *
 * @throws Throttled at the deadline
 */
export async function readLaneSamples(
  store: BatchGetOptions,
  { lanes, readings }: { lanes: readonly LaneName[]; readings: readonly Reading[] },
): Promise<LaneSampleAt> {
  const keys = readings.flatMap(reading => lanes.map(lane => laneSampleKey(lane, reading)));
  const found = await readItems(keys, store);
  return (lane, reading) => {
    const item = found.get(keyText(laneSampleKey(lane, reading)));
    return item && { data: item.data as Uint8Array, covered_to: Number(item.covered_to ?? reading.minute) };
  };
}

function laneSampleKey({ edge_id, part }: LaneName, { minute, taken_at }: Reading): ItemKey {
  const pk = laneSamplePartition({ minute, taken_at, bucket: laneBucket(edge_id) });
  return { pk, sk: laneKey(edge_id, part).sk };
}

/** The item of a lane's sample: the lane's own packed bytes, under the reading's partition. */
export function laneSampleItem(
  { bucket, sk, data }: LaneReading,
  { reading, covered_to, expires_at }: { reading: Reading; covered_to: number; expires_at: number },
): Record<string, unknown> {
  return {
    pk: laneSamplePartition({ ...reading, bucket }),
    sk,
    data,
    ...(covered_to < reading.minute && { covered_to }),
    [TTL_ATTRIBUTE]: expires_at,
  };
}

async function* readBuckets(
  { client, table }: SampleStore,
  partitionOf: (bucket: string) => string,
): AsyncGenerator<LaneReading[]> {
  const buckets = laneBuckets();
  for await (const { index, items } of readPartitions<StoredLane>(client, table, buckets.map(partitionOf))) {
    yield await toLaneReadings(
      { client, table },
      items.map(item => ({ ...item, bucket: buckets[index]! })),
    );
  }
}

interface StoredLane {
  sk: string;
  data: Uint8Array;
  covered_to?: number;
}

/** Unpacks lanes and adds their idle pairs. */
export async function toLaneReadings(
  { client, table }: SampleStore,
  stored: readonly (StoredLane & { bucket: string })[],
): Promise<LaneReading[]> {
  const decoded = stored.map(({ sk, data }) => decodeOrNothing(sk, data));
  const whole = new Map<string, WholeLane>();
  const lanes = decoded.filter(lane => lane !== undefined);
  for (const lane of await wholeLanes(lanes, { client, tables: { traffic: table } }, () => {})) {
    whole.set(laneKey(lane.edge_id, lane.part).sk, lane);
  }
  return stored.map(({ bucket, sk, data, covered_to }) => ({
    bucket,
    sk,
    data,
    ...(covered_to !== undefined && { covered_to: Number(covered_to) }),
    lane: whole.get(sk),
  }));
}

function decodeOrNothing(sk: string, data: Uint8Array): Lane | undefined {
  try {
    return decodeLane(parseLaneSortKey(sk), data);
  } catch {
    return undefined;
  }
}
