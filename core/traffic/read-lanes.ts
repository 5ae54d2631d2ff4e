import { type DynamoDBDocumentClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../storage/tables.ts';
import type { Lane } from './lane.ts';
import { decodeLane } from './lane-codec.ts';
import { laneBucket, laneBuckets, lanePartition, parseLaneSortKey } from './lane-keys.ts';
import { PackedDataUnreadable } from './packed-item.ts';

/** The lanes of one edge, one a part, read strongly. None: it was never heard from. */
export async function readLanesOfEdge(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  edge_id: string,
): Promise<Lane[]> {
  const lanes: Lane[] = [];
  const query: Partial<QueryCommandInput> = {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :edge)',
    ExpressionAttributeValues: { ':pk': lanePartition(laneBucket(edge_id)), ':edge': `${edge_id}#` },
  };
  for await (const page of lanePages(client, tables, query)) {
    for (const stored of page) {
      // An id may hold a `#`: lanes of edge `a#1` begin with `a#` too.
      if (stored.edge_id === edge_id) lanes.push(decodeLane(stored, stored.data));
    }
  }
  return lanes;
}

/** A lane's item as it stands in the table. */
export interface LaneItem {
  edge_id: string;
  part: number;
  version: number;
  data: Uint8Array;
}

export interface ReadAllLanesOptions {
  /** Called for a lane that this release can't read; such a lane is left out. */
  onUnreadable?: (lane: LaneItem, cause: PackedDataUnreadable) => void;
}

/** Every lane, read strongly, all buckets at once; in no order. */
export async function* readAllLanes(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  { onUnreadable = () => {} }: ReadAllLanesOptions = {},
): AsyncGenerator<Lane> {
  for await (const page of readStoredLanes(client, tables, laneBuckets())) {
    for (const stored of page) {
      const lane = decodeStored(stored, onUnreadable);
      if (lane) yield lane;
    }
  }
}

/** The lane items of these buckets in pages, read strongly, all buckets at once; pages in the order in which they come. */
export async function* readStoredLanes(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  buckets: readonly string[],
): AsyncGenerator<LaneItem[]> {
  const waiting = new Map<string, Promise<BucketPage>>();
  for (const bucket of buckets) {
    const query: Partial<QueryCommandInput> = {
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': lanePartition(bucket) },
    };
    waiting.set(bucket, asked(bucket, lanePages(client, tables, query)));
  }
  while (waiting.size > 0) {
    const { bucket, pages, page } = await Promise.race(waiting.values());
    if (page === undefined) {
      waiting.delete(bucket);
      continue;
    }
    waiting.set(bucket, asked(bucket, pages));
    yield page;
  }
}

type Pages = AsyncIterator<LaneItem[], void>;

interface BucketPage {
  bucket: string;
  pages: Pages;
  page: LaneItem[] | undefined;
}

// Handled here too: a reader that stops early leaves pages behind whose failure nobody waits for.
function asked(bucket: string, pages: Pages): Promise<BucketPage> {
  const page = nextPage(bucket, pages);
  page.catch(() => {});
  return page;
}

async function nextPage(bucket: string, pages: Pages): Promise<BucketPage> {
  const { value, done } = await pages.next();
  return { bucket, pages, page: done ? undefined : value };
}

async function* lanePages(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  query: Partial<QueryCommandInput>,
): AsyncGenerator<LaneItem[], void> {
  const pages = paginateQuery({ client }, { TableName: tables.traffic, ConsistentRead: true, ...query });
  for await (const { Items = [] } of pages) {
    yield (Items as { sk: string; version: number; data: Uint8Array }[]).map(({ sk, version, data }) => ({
      ...parseLaneSortKey(sk),
      version,
      data,
    }));
  }
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
