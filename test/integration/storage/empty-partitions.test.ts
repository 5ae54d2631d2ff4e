import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamodbEndpoint, localClient } from '../../support/local-client.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
let requests: string[];

beforeEach(async () => {
  db = await createTables();
  requests = [];
  db.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async args => {
        requests.push(commandName);
        return next(args);
      },
    { step: 'finalizeRequest', name: 'count' },
  );
});
afterEach(() => db.drop());

async function ask(pk: string, more: Partial<QueryCommandInput> = {}) {
  const { Items, Count, ScannedCount } = await db.client.send(
    new QueryCommand({
      TableName: db.tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
      ...more,
    }),
  );
  return { Items, Count, ScannedCount };
}

describe('a query of a partition without writes', () => {
  it('goes to the database if it is the first of its kind', async () => {
    const first = await ask('EMPTY#1');
    expect(requests).toEqual(['QueryCommand']);
    expect([await ask('EMPTY#2'), await ask('EMPTY#3')]).toEqual([first, first]);
    expect(requests).toHaveLength(1);
    await ask('OTHER#1');
    await ask('EMPTY#2', { Limit: 1 });
    await asFunction('api', () => ask('EMPTY#2'));
    await ask('EMPTY#2', { ReturnConsumedCapacity: 'TOTAL' });
    await expect(ask('EMPTY#2', { FilterExpression: 'a = :missing' })).rejects.toThrow(
      'Invalid FilterExpression: An expression attribute value used in expression is not defined; attribute value: :missing',
    );
    expect(requests).toHaveLength(6);
  });

  it.each<[string, (table: string, Item: { pk: string; sk: string }) => Promise<unknown>]>([
    ['put', (TableName, Item) => db.client.send(new PutCommand({ TableName, Item }))],
    [
      'put by the client below',
      (TableName, { pk, sk }) => {
        const Item: Record<string, AttributeValue> = { pk: { S: pk }, sk: { S: sk } };
        return db.client.send(new PutItemCommand({ TableName, Item }) as never);
      },
    ],
    [
      'update',
      (TableName, Key) => db.client.send(new UpdateCommand({ TableName, Key, UpdateExpression: 'REMOVE a' })),
    ],
    [
      'batch',
      (table, Item) =>
        db.client.send(new BatchWriteCommand({ RequestItems: { [table]: [{ PutRequest: { Item } }] } })),
    ],
    [
      'transaction',
      (TableName, Item) =>
        db.client.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item } }] })),
    ],
    [
      'write of another client',
      async (TableName, Item) => {
        const other = localClient();
        await other.send(new PutCommand({ TableName, Item }));
        other.destroy();
      },
    ],
  ])('returns an item after a %s', async (_, write) => {
    const item = { pk: 'EMPTY#7', sk: '1' };
    expect((await ask(item.pk)).Items).toEqual([]);
    await write(db.tables.traffic, item);
    expect((await ask(item.pk)).Items).toEqual([item]);
  });

  it('always goes to the database if other programs write too', async () => {
    await ask('EMPTY#1');
    dynamodbEndpoint();
    const before = requests.length;
    await ask('EMPTY#2');
    expect(requests.slice(before)).toEqual(['QueryCommand']);
  });
});
