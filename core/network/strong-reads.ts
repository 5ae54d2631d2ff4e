import { BatchGetCommand, GetCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { backoffMs } from '../storage/backoff.ts';
import { outOfTime, repeatUntil } from '../storage/retrying.ts';
import type { NetworkContext } from './network-context.ts';
import type { ItemKey } from './network-keys.ts';
import type { Item } from './site-items.ts';

const BATCH_GET_MAX = 100;

/** One item of the Network table, strongly. */
export async function getItem(context: NetworkContext, key: ItemKey): Promise<Item | undefined> {
  const { client, tables } = context;
  const command = { TableName: tables.network, Key: key, ConsistentRead: true };
  const { Item } = await repeatUntil(context, () => client.send(new GetCommand(command)));
  return Item;
}

/** Those of the items that exist, strongly, in no particular order. No key twice. */
export async function getItems(context: NetworkContext, keys: ItemKey[]): Promise<Item[]> {
  const batches = Array.from({ length: Math.ceil(keys.length / BATCH_GET_MAX) }, (_, index) =>
    keys.slice(index * BATCH_GET_MAX, (index + 1) * BATCH_GET_MAX),
  );
  const read = await Promise.all(batches.map(batch => getBatch(context, batch)));
  return read.flat();
}

async function getBatch(context: NetworkContext, keys: ItemKey[]): Promise<Item[]> {
  const { client, tables, clock, sleep, random, deadline } = context;
  const items: Item[] = [];
  let Keys: Item[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 0; Keys.length > 0; attempt++) {
    const RequestItems = { [tables.network]: { Keys, ConsistentRead: true } };
    const answer = await repeatUntil(context, () => client.send(new BatchGetCommand({ RequestItems })));
    items.push(...(answer.Responses?.[tables.network] ?? []));
    Keys = answer.UnprocessedKeys?.[tables.network]?.Keys ?? [];
    if (Keys.length === 0) break;
    const wait = backoffMs(attempt, { random });
    if (clock() + wait >= deadline) throw outOfTime({ kind: 'throttled', cause: undefined });
    await sleep(wait);
  }
  return items;
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

/** A partition's items in the order of sk, page by page, strongly. Nothing is read before it is asked for. */
export async function* queryPages(context: NetworkContext, query: PartitionQuery): AsyncGenerator<Item[]> {
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
export async function queryAll(context: NetworkContext, query: PartitionQuery): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of queryPages(context, query)) items.push(...page);
  return items;
}

function queryInput(
  { tables }: NetworkContext,
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
