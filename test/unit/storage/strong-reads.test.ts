import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { readPartitions } from '../../../core/storage/read-partitions.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { getItem, getItems, queryAll } from '../../../core/storage/strong-reads.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const KEY = { pk: 'p', sk: 's' };

interface Input {
  ConsistentRead?: boolean;
  ExclusiveStartKey?: object;
  RequestItems?: Record<string, { ConsistentRead?: boolean }>;
}

/** The consistency of each call of a read, which DynamoDB Local cannot show. */
async function consistencyOf(read: (context: StoreContext) => Promise<unknown>): Promise<unknown[]> {
  const consistent: unknown[] = [];
  const client = clientWith(async command => {
    const { input } = command as { input: Input };
    const { ConsistentRead } = Object.values(input.RequestItems ?? {})[0] ?? input;
    consistent.push(ConsistentRead);
    return { Items: [KEY], ...(!input.ExclusiveStartKey && { LastEvaluatedKey: KEY }) };
  });
  await read(storeContext({ client, tables: TABLES }, () => 0));
  return consistent;
}

async function all(client: DynamoDBDocumentClient): Promise<void> {
  for await (const _ of readPartitions(client, 'traffic', ['a', 'b']));
}

it.each<[string, number, (context: StoreContext) => Promise<unknown>]>([
  ['an item', 1, context => getItem(context, KEY)],
  ['items', 1, context => getItems(context, [KEY])],
  ['the pages of a partition', 2, context => queryAll(context, { pk: 'p' })],
  ['the pages of several partitions', 4, ({ client }) => all(client)],
])('every call that reads %s is strongly consistent', async (_what, calls, read) => {
  expect(await consistencyOf(read)).toEqual(Array.from({ length: calls }, () => true));
});
