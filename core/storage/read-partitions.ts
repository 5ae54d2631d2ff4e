import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';

/** A page of one partition's items. */
export interface PartitionPage<Item> {
  /** Its place in the list of partitions that was asked for. */
  index: number;
  items: Item[];
}

/**
 * All items of some partitions, read strongly, every partition at once; pages come in the order in
 * which they arrive, so memory holds a page a partition and no more.
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

// Handled here too: a reader that stops early leaves pages behind whose failure nobody waits for.
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
