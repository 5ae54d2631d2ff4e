import { wholeLanes } from '../ledger/figures/read-idle.ts';
import type { Lane } from '../ledger/lane/lane.ts';
import type { WholeLane } from '../ledger/lane/lane-totals.ts';
import {
  ALL_LANES,
  bucketsOf,
  type LaneGroup,
  laneBucket,
  laneKey,
  lanePartition,
  parseLaneSortKey,
} from '../ledger/lane-keys.ts';
import { decodeLane } from '../ledger/packing/lane-codec.ts';
import { type BatchGetOptions, batchGet, readItems } from '../storage/batch-get.ts';
import { type ItemKey, keyText } from '../storage/item.ts';
import { readPartitions } from '../storage/read-partitions.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import { laneSamplePartition } from './history-keys.ts';
import { type Reading, type ReadingId, readingOf } from './reading.ts';
import type { SampleStore } from './sample-store.ts';

/** A lane that was read: its packed bytes, unchanged, and their contents. */
export interface LaneReading {
  sk: string;
  data: Uint8Array;
  /** `undefined` if the bytes can't be read. Such a lane is counted and left out. */
  lane: WholeLane | undefined;
}

/** A lane in a snapshot. */
export interface SampledLane extends LaneReading {
  /**
   * The minute up to which its totals were known: the reading's, unless its edge's reports lagged.
   */
  covered_to: number;
}

/** Every present lane of a group, read strongly consistent and all buckets at the same time. */
export async function* readLanesNow(store: SampleStore, group: LaneGroup): AsyncGenerator<LaneReading[]> {
  for await (const { items } of bucketPages(store, bucketsOf(group), lanePartition)) {
    yield await toLaneReadings(store, items);
  }
}

/** Every lane in a snapshot, or those of a group. */
export async function* readLanesAt(
  store: SampleStore,
  reading: Reading,
  group: LaneGroup = ALL_LANES,
): AsyncGenerator<SampledLane[]> {
  const buckets = bucketsOf(group);
  const partitionOf = (bucket: string) => laneSamplePartition({ ...readingOf(reading, bucket), bucket });
  for await (const { bucket, items } of bucketPages(store, buckets, partitionOf)) {
    const { minute } = readingOf(reading, bucket);
    const lanes = await toLaneReadings(store, items);
    yield lanes.map((lane, index) => ({ ...lane, covered_to: Number(items[index]!.covered_to ?? minute) }));
  }
}

/** The name of a lane. */
export interface LaneName {
  edge_id: string;
  part: number;
}

/** Lanes that are unpacked at the same time. */
const NAMED_AT_ONCE = 1000;

/**
 * Some lanes in a snapshot; lanes that it didn't sample are left out.
 * @throws Throttled at the deadline
 */
export async function* readNamedLanesAt(
  store: BatchGetOptions,
  reading: Reading,
  lanes: readonly LaneName[],
): AsyncGenerator<LaneReading[]> {
  for (let from = 0; from < lanes.length; from += NAMED_AT_ONCE) {
    const keys = lanes.slice(from, from + NAMED_AT_ONCE).map(lane => whereSampled(lane, reading).key);
    yield await toLaneReadings(store, await batchGet<ItemKey & StoredLane>(keys, store));
  }
}

/** A lane in a reading. */
export interface LaneSample {
  /** The lane's packed bytes. */
  data: Uint8Array;
  /**
   * The minute up to which its totals were known: the reading's, unless its edge's reports lagged.
   */
  covered_to: number;
}

/** Undefined if the lane was not sampled. */
export type LaneSampleAt = (lane: LaneName, reading: Reading) => LaneSample | undefined;

/**
 * Reads the samples of some lanes in some snapshots.
 *
 * @throws Throttled at the deadline
 */
export async function readLaneSamples(
  store: BatchGetOptions,
  { lanes, readings }: { lanes: readonly LaneName[]; readings: readonly Reading[] },
): Promise<LaneSampleAt> {
  const keys = new Map<string, ItemKey>();
  for (const reading of readings) {
    for (const lane of lanes) {
      const { key } = whereSampled(lane, reading);
      keys.set(keyText(key), key);
    }
  }
  const found = await readItems([...keys.values()], store);
  return (lane, reading) => {
    const { key, minute } = whereSampled(lane, reading);
    const item = found.get(keyText(key));
    return item && { data: item.data as Uint8Array, covered_to: Number(item.covered_to ?? minute) };
  };
}

/**
 * The newest sample of each lane in some readings, which are given from the newest on; undefined
 * for a lane that none of them sampled.
 */
export async function readNewestSamples(
  store: BatchGetOptions,
  { lanes, readings }: { lanes: readonly LaneName[]; readings: readonly Reading[] },
): Promise<(LaneSample | undefined)[]> {
  const sampleAt = await readLaneSamples(store, { lanes, readings });
  return lanes.map(lane => {
    for (const reading of readings) {
      const sample = sampleAt(lane, reading);
      if (sample) return sample;
    }
    return undefined;
  });
}

/** The key of a lane's sample, and the minute that it was read for. */
function whereSampled({ edge_id, part }: LaneName, reading: Reading): { key: ItemKey; minute: number } {
  const bucket = laneBucket(edge_id);
  const { minute, taken_at } = readingOf(reading, bucket);
  const pk = laneSamplePartition({ minute, taken_at, bucket });
  return { key: { pk, sk: laneKey(edge_id, part).sk }, minute };
}

/** The item of a lane's sample: the lane's own packed bytes, under the reading's partition. */
export function laneSampleItem(
  { sk, data }: Pick<LaneReading, 'sk' | 'data'>,
  { reading, covered_to, expires_at }: { reading: ReadingId; covered_to: number; expires_at: number },
): Record<string, unknown> {
  return {
    pk: laneSamplePartition({ ...reading, bucket: laneBucket(parseLaneSortKey(sk).edge_id) }),
    sk,
    data,
    ...(covered_to < reading.minute && { covered_to }),
    [TTL_ATTRIBUTE]: expires_at,
  };
}

async function* bucketPages(
  { client, table }: SampleStore,
  buckets: readonly string[],
  partitionOf: (bucket: string) => string,
): AsyncGenerator<{ bucket: string; items: StoredLane[] }> {
  const partitions = buckets.map(partitionOf);
  for await (const { index, items } of readPartitions<StoredLane>(client, table, partitions)) {
    yield { bucket: buckets[index]!, items };
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
  stored: readonly Pick<StoredLane, 'sk' | 'data'>[],
): Promise<LaneReading[]> {
  const decoded = stored.map(({ sk, data }) => decodeOrNothing(sk, data));
  const whole = new Map<string, WholeLane>();
  const lanes = decoded.filter(lane => lane !== undefined);
  for (const lane of await wholeLanes(lanes, { client, tables: { traffic: table } }, () => {})) {
    whole.set(laneKey(lane.edge_id, lane.part).sk, lane);
  }
  return stored.map(({ sk, data }) => ({ sk, data, lane: whole.get(sk) }));
}

function decodeOrNothing(sk: string, data: Uint8Array): Lane | undefined {
  try {
    return decodeLane(parseLaneSortKey(sk), data);
  } catch {
    return undefined;
  }
}
