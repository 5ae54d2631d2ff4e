import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';

/** A page of one partition's items. */
export interface PartitionPage<Item> {
  /** The partition's index in the given list. */
  index: number;
  items: Item[];
}

/**
 * Reads all items of some partitions, strongly consistent and all partitions at the same time.
 * Pages are yielded in order of arrival, so memory holds one page for each partition.
 */
export async function* readPartitions<Item>(
  client: DynamoDBDocumentClient,
  table: string,
  partitions: readonly string[],
): AsyncGenerator<PartitionPage<Item>> {
  const waiting = new Map<number, Promise<Arrival<Item>>>();
  partitions.forEach((pk, index) => {
    waiting.set(index, asked(index, partitionPages<Item>(client, table, pk)));
  });
  while (waiting.size > 0) {
    const { index, pages, items } = await Promise.race(waiting.values());
    if (items === undefined) {
      waiting.delete(index);
      continue;
    }
    waiting.set(index, asked(index, pages));
    yield { index, items };
  }
}

type Pages<Item> = AsyncIterator<Item[], void>;

interface Arrival<Item> {
  index: number;
  pages: Pages<Item>;
  items: Item[] | undefined;
}

// The catch is for readers that stop early: a failure of pages that they don't await is no error.
function asked<Item>(index: number, pages: Pages<Item>): Promise<Arrival<Item>> {
  const arrival = nextPage(index, pages);
  arrival.catch(() => {});
  return arrival;
}

async function nextPage<Item>(index: number, pages: Pages<Item>): Promise<Arrival<Item>> {
  const { value, done } = await pages.next();
  return { index, pages, items: done ? undefined : value };
}

async function* partitionPages<Item>(
  client: DynamoDBDocumentClient,
  table: string,
  pk: string,
): AsyncGenerator<Item[], void> {
  const query = {
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client }, query)) yield Items as Item[];
}
