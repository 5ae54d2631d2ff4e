import { readPartitions } from '../storage/read-partitions.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { Lane } from '../traffic/lane.ts';
import { decodeLane } from '../traffic/lane-codec.ts';
import { laneBuckets, lanePartition, parseLaneSortKey } from '../traffic/lane-keys.ts';
import { laneSamplePartition } from './history-keys.ts';
import type { SampleStore } from './sample-store.ts';

/** A lane as it was read: its packed bytes, kept as they are, and what they say. */
export interface LaneReading {
  bucket: string;
  sk: string;
  data: Uint8Array;
  /** `undefined` where the bytes can't be read; such a lane is counted and left out. */
  lane: Lane | undefined;
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

/** The item of a lane's sample: the lane's own packed bytes, under the reading's partition. */
export function laneSampleItem(
  { bucket, sk, data }: LaneReading,
  { reading, expires_at }: { reading: Reading; expires_at: number },
): Record<string, unknown> {
  return { pk: laneSamplePartition({ ...reading, bucket }), sk, data, [TTL_ATTRIBUTE]: expires_at };
}

async function* readBuckets(
  { client, table }: SampleStore,
  partitionOf: (bucket: string) => string,
): AsyncGenerator<LaneReading[]> {
  const buckets = laneBuckets();
  for await (const { index, items } of readPartitions<StoredLane>(client, table, buckets.map(partitionOf))) {
    yield items.map(item => toReading(buckets[index]!, item));
  }
}

interface StoredLane {
  sk: string;
  data: Uint8Array;
}

function toReading(bucket: string, { sk, data }: StoredLane): LaneReading {
  try {
    return { bucket, sk, data, lane: decodeLane(parseLaneSortKey(sk), data) };
  } catch {
    return { bucket, sk, data, lane: undefined };
  }
}
