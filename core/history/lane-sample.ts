import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
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

// All buckets are asked for at once; the pages are handed on in the order in which they come.
async function* readBuckets(
  { client, table }: SampleStore,
  partitionOf: (bucket: string) => string,
): AsyncGenerator<LaneReading[]> {
  const waiting = new Map<string, Promise<Page>>();
  for (const bucket of laneBuckets()) {
    const pages = queryPages(client, table, partitionOf(bucket));
    waiting.set(bucket, next(bucket, pages));
  }
  while (waiting.size > 0) {
    const { bucket, pages, items } = await Promise.race(waiting.values());
    if (items === undefined) {
      waiting.delete(bucket);
      continue;
    }
    waiting.set(bucket, next(bucket, pages));
    yield items.map(item => toReading(bucket, item));
  }
}

type StoredLane = { sk: string; data: Uint8Array };
type Pages = AsyncIterator<StoredLane[]>;

interface Page {
  bucket: string;
  pages: Pages;
  items: StoredLane[] | undefined;
}

async function next(bucket: string, pages: Pages): Promise<Page> {
  const { value, done } = await pages.next();
  return { bucket, pages, items: done ? undefined : (value as StoredLane[]) };
}

async function* queryPages(
  client: DynamoDBDocumentClient,
  table: string,
  pk: string,
): AsyncGenerator<StoredLane[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) yield Items as StoredLane[];
}

function toReading(bucket: string, { sk, data }: StoredLane): LaneReading {
  try {
    return { bucket, sk, data, lane: decodeLane(parseLaneSortKey(sk), data) };
  } catch {
    return { bucket, sk, data, lane: undefined };
  }
}
