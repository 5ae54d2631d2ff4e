import { type DynamoDBDocumentClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { Throttled } from '../../errors.ts';
import { readPartitions } from '../../storage/read-partitions.ts';
import type { Retrying } from '../../storage/retrying.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { Lane } from '../lane/lane.ts';
import type { WholeLane } from '../lane/lane-totals.ts';
import { laneBucket, laneBuckets, lanePartition, parseLaneSortKey } from '../lane-keys.ts';
import { decodeLane } from '../packing/lane-codec.ts';
import { PackedDataUnreadable } from '../packing/packed-item.ts';
import { wholeLanes } from './read-idle.ts';

/**
 * The lanes of one edge, one per part, read strongly. None: no report of the edge was ever counted.
 */
export async function readLanesOfEdge(
  client: DynamoDBDocumentClient,
  tables: TrafficTable,
  edge_id: string,
): Promise<WholeLane[]> {
  const items = await readLaneItemsOfEdge(client, tables, edge_id);
  const lanes = items.map(item => decodeLane(item, item.data));
  return wholeLanes(lanes, { client, tables });
}

/** The items of the lanes of one edge, read strongly. */
export async function readLaneItemsOfEdge(
  client: DynamoDBDocumentClient,
  tables: TrafficTable,
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

/** A lane's item as stored. */
export interface LaneItem {
  edge_id: string;
  part: number;
  /** Random at every write, so that a version in memory matches no item of a restored table. */
  version: number;
  data: Uint8Array;
  /**
   * Whether readers find it by its site and its endpoints. Releases before the lists leave it out
   * (docs/decisions/165).
   */
  listed?: boolean | undefined;
}

type TrafficTable = Pick<TableNames, 'traffic'>;

export interface ReadAllLanesOptions {
  /** Called for a lane that this release can't read; such a lane is left out. */
  onUnreadable?: OnUnreadable;
  /** By when all must be read. Without it the caller checks the time itself. */
  time?: Pick<Retrying, 'clock' | 'deadline'>;
}

export type OnUnreadable = (lane: Pick<Lane, 'edge_id' | 'part'>, cause: PackedDataUnreadable) => void;

/**
 * Every lane, read strongly, all buckets at once, in no particular order.
 * @throws Throttled at the deadline
 */
export async function* readAllLanes(
  client: DynamoDBDocumentClient,
  tables: TrafficTable,
  { onUnreadable = () => {}, time }: ReadAllLanesOptions = {},
): AsyncGenerator<WholeLane> {
  for await (const page of readStoredLanes(client, tables, laneBuckets())) {
    if (time && time.clock() >= time.deadline) throw tooManyLanes();
    yield* await readWholeLanes(page, { client, tables }, onUnreadable);
  }
}

function tooManyLanes(): Throttled {
  return new Throttled(
    'The counts of all edges could not be read in time. Ask for a single edge, or try again in 15 minutes.',
  );
}

/** Lanes with their idle pairs. Those that this release can't read are left out. */
export async function readWholeLanes(
  stored: readonly LaneItem[],
  store: { client: DynamoDBDocumentClient; tables: TrafficTable },
  onUnreadable: OnUnreadable = () => {},
): Promise<WholeLane[]> {
  const lanes = stored.flatMap(each => decodeStored(each, onUnreadable) ?? []);
  return wholeLanes(lanes, store, onUnreadable);
}

/**
 * The lane items of these buckets in pages, read strongly, all buckets at once. Pages come in no
 * particular order.
 */
export async function* readStoredLanes(
  client: DynamoDBDocumentClient,
  tables: TrafficTable,
  buckets: readonly string[],
): AsyncGenerator<LaneItem[]> {
  const partitions = buckets.map(lanePartition);
  for await (const { items } of readPartitions<StoredLane>(client, tables.traffic, partitions)) {
    yield items.map(toLaneItem);
  }
}

async function* lanePages(
  client: DynamoDBDocumentClient,
  tables: TrafficTable,
  query: Partial<QueryCommandInput>,
): AsyncGenerator<LaneItem[], void> {
  const pages = paginateQuery({ client }, { TableName: tables.traffic, ConsistentRead: true, ...query });
  for await (const { Items = [] } of pages) {
    yield (Items as StoredLane[]).map(toLaneItem);
  }
}

interface StoredLane extends Omit<LaneItem, 'edge_id' | 'part'> {
  sk: string;
}

function toLaneItem({ sk, version, data, listed }: StoredLane): LaneItem {
  return { ...parseLaneSortKey(sk), version, data, listed };
}

function decodeStored(stored: LaneItem, onUnreadable: OnUnreadable): Lane | undefined {
  try {
    return decodeLane(stored, stored.data);
  } catch (cause) {
    if (!(cause instanceof PackedDataUnreadable)) throw cause;
    onUnreadable(stored, cause);
    return undefined;
  }
}
