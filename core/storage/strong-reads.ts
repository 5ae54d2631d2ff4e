import { GetCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { batchGet } from './batch-get.ts';
import type { Item, ItemKey } from './item.ts';
import { repeatUntil } from './retrying.ts';
import type { StoreContext } from './store-context.ts';

/** One item of the Network table, strongly. */
export async function getItem(context: StoreContext, key: ItemKey): Promise<Item | undefined> {
  const { client, tables } = context;
  const command = { TableName: tables.network, Key: key, ConsistentRead: true };
  const { Item } = await repeatUntil(context, () => client.send(new GetCommand(command)));
  return Item;
}

/** Those of the items that exist, strongly, in no particular order. No key twice. */
export function getItems(context: StoreContext, keys: ItemKey[]): Promise<(Item & ItemKey)[]> {
  return batchGet<ItemKey & Item>(keys, { ...context, table: context.tables.network });
}

export interface PartitionQuery {
  pk: string;
  /** Only items whose sk begins so. */
  prefix?: string;
  /** Only items after this one, exclusive; `descending` turns it round. */
  after?: string;
  descending?: boolean;
  /** Items a page; without it as many as fit 1 MB. */
  pageSize?: number;
  /** Only these attributes. */
  project?: string[];
}

/**
 * A partition's items in the order of sk, page by page, strongly. Nothing is read before it is
 * asked for.
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

/** All of a small partition (or of a prefix in it). */
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
