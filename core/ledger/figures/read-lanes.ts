import { type DynamoDBDocumentClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { readPartitions } from '../../storage/read-partitions.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { Lane } from '../lane/lane.ts';
import type { WholeLane } from '../lane/lane-totals.ts';
import { laneBucket, laneBuckets, lanePartition, parseLaneSortKey } from '../lane-keys.ts';
import { decodeLane } from '../packing/lane-codec.ts';
import { PackedDataUnreadable } from '../packing/packed-item.ts';
import { wholeLanes } from './read-idle.ts';

/** The lanes of one edge, one a part, read strongly. None: it was never heard from. */
export async function readLanesOfEdge(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  edge_id: string,
): Promise<WholeLane[]> {
  const items = await readLaneItemsOfEdge(client, tables, edge_id);
  const lanes = items.map(item => decodeLane(item, item.data));
  return wholeLanes(lanes, { client, tables });
}

/** The items of the lanes of one edge, read strongly. */
export async function readLaneItemsOfEdge(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  edge_id: string,
): Promise<LaneItem[]> {
  const query: Partial<QueryCommandInput> = {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :edge)',
    ExpressionAttributeValues: { ':pk': lanePartition(laneBucket(edge_id)), ':edge': `${edge_id}#` },
  };
  const items: LaneItem[] = [];
  for await (const page of lanePages(client, tables, query)) {
    // An id may hold a `#`: lanes of edge `a#1` begin with `a#` too.
    items.push(...page.filter(stored => stored.edge_id === edge_id));
  }
  return items;
}

/** A lane's item as it is in the table. */
export interface LaneItem {
  edge_id: string;
  part: number;
  /** Random at every write, so that a table that was restored meets none that is remembered. */
  version: number;
  data: Uint8Array;
}

export interface ReadAllLanesOptions {
  /** Called for a lane that this release can't read; such a lane is left out. */
  onUnreadable?: (lane: Pick<Lane, 'edge_id' | 'part'>, cause: PackedDataUnreadable) => void;
}

/** Every lane, read strongly, all buckets at once; in no order. */
export async function* readAllLanes(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  { onUnreadable = () => {} }: ReadAllLanesOptions = {},
): AsyncGenerator<WholeLane> {
  for await (const page of readStoredLanes(client, tables, laneBuckets())) {
    const lanes = page.flatMap(stored => decodeStored(stored, onUnreadable) ?? []);
    yield* await wholeLanes(lanes, { client, tables }, onUnreadable);
  }
}

/** The lane items of these buckets in pages, read strongly, all buckets at once; pages in the order in which they come. */
export async function* readStoredLanes(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  buckets: readonly string[],
): AsyncGenerator<LaneItem[]> {
  const partitions = buckets.map(lanePartition);
  for await (const { items } of readPartitions<StoredLane>(client, tables.traffic, partitions)) {
    yield items.map(toLaneItem);
  }
}

async function* lanePages(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  query: Partial<QueryCommandInput>,
): AsyncGenerator<LaneItem[], void> {
  const pages = paginateQuery({ client }, { TableName: tables.traffic, ConsistentRead: true, ...query });
  for await (const { Items = [] } of pages) {
    yield (Items as StoredLane[]).map(toLaneItem);
  }
}

interface StoredLane {
  sk: string;
  version: number;
  data: Uint8Array;
}

function toLaneItem({ sk, version, data }: StoredLane): LaneItem {
  return { ...parseLaneSortKey(sk), version, data };
}

function decodeStored(
  stored: LaneItem,
  onUnreadable: NonNullable<ReadAllLanesOptions['onUnreadable']>,
): Lane | undefined {
  try {
    return decodeLane(stored, stored.data);
  } catch (cause) {
    if (!(cause instanceof PackedDataUnreadable)) throw cause;
    onUnreadable(stored, cause);
    return undefined;
  }
}
