import { GetCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { batchGet } from './batch-get.ts';
import type { Item, ItemKey } from './item.ts';
import { repeatUntil } from './retrying.ts';
import type { StoreContext } from './store-context.ts';

/** Reads one item of the Network table, strongly consistent. */
export async function getItem(context: StoreContext, key: ItemKey): Promise<Item | undefined> {
  const { client, tables } = context;
  const command = { TableName: tables.network, Key: key, ConsistentRead: true };
  const { Item } = await repeatUntil(context, () => client.send(new GetCommand(command)));
  return Item;
}

/** Reads the existing items of some different keys, strongly consistent, in no particular order. */
export function getItems(context: StoreContext, keys: ItemKey[]): Promise<(Item & ItemKey)[]> {
  return batchGet<ItemKey & Item>(keys, { ...context, table: context.tables.network });
}

export interface PartitionQuery {
  pk: string;
  /** Beginning of the sort keys. */
  prefix?: string;
  /** Sort key after which to begin, exclusive; with `descending`, before which. */
  after?: string;
  descending?: boolean;
  /** Items a page. Default: up to 1 MB. */
  pageSize?: number;
  /** The attributes to read. Default: all. */
  project?: string[];
}

/**
 * A partition's items in the order of their sort keys, page by page, strongly consistent. A page is
 * read when it is requested.
 */
export async function* queryPages(context: StoreContext, query: PartitionQuery): AsyncGenerator<Item[]> {
  const input = queryInput(context, query);
  let start: Item | undefined = query.after === undefined ? undefined : { pk: query.pk, sk: query.after };
  do {
    const page: QueryCommandInput = { ...input, ...(start && { ExclusiveStartKey: start }) };
    const answer = await repeatUntil(context, () => context.client.send(new QueryCommand(page)));
    if (answer.Items?.length) yield answer.Items;
    start = answer.LastEvaluatedKey;
  } while (start);
}

/** All items of a small partition, or of a prefix in it. */
export async function queryAll(context: StoreContext, query: PartitionQuery): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of queryPages(context, query)) items.push(...page);
  return items;
}

function queryInput(
  { tables }: StoreContext,
  { pk, prefix, descending = false, pageSize, project }: PartitionQuery,
): QueryCommandInput {
  const names = Object.fromEntries((project ?? []).map((name, index) => [`#${index}`, name]));
  return {
    TableName: tables.network,
    ConsistentRead: true,
    ScanIndexForward: !descending,
    KeyConditionExpression: prefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ...(prefix !== undefined && { ':prefix': prefix }) },
    ...(pageSize !== undefined && { Limit: pageSize }),
    ...(project && {
      ProjectionExpression: Object.keys(names).join(', '),
      ExpressionAttributeNames: names,
    }),
  };
}
