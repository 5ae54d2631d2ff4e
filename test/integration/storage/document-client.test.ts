import { PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDocumentClient } from '../../../core/storage/document-client.ts';
import { classifyFailure } from '../../../core/storage/failure.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

describe('document client on DynamoDB Local', () => {
  let db: TestTables;
  beforeAll(async () => {
    db = await createTables();
  });
  afterAll(() => db.drop());

  it('keeps integers past 2^53 exact as BigInt and the others as Number', async () => {
    const Key = { pk: 'n', sk: '1' };
    await db.client.send(
      new PutCommand({ TableName: db.tables.traffic, Item: { ...Key, big: 2n ** 53n, small: 7, half: 0.5 } }),
    );
    const { Attributes } = await db.client.send(
      new UpdateCommand({
        TableName: db.tables.traffic,
        Key,
        UpdateExpression: 'ADD big :one',
        ExpressionAttributeValues: { ':one': 1n },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes).toEqual({ ...Key, big: 2n ** 53n + 1n, small: 7, half: 0.5 });
  });

  it('classifies a failed condition of a transaction with its index and the item found', async () => {
    const Item = { pk: 'c', sk: '1', version: 3 };
    await db.client.send(new PutCommand({ TableName: db.tables.traffic, Item }));
    const error = await db.client
      .send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName: db.tables.traffic, Item: { pk: 'c', sk: '0' } } },
            {
              Put: {
                TableName: db.tables.traffic,
                Item,
                ConditionExpression: 'attribute_not_exists(pk)',
                ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
              },
            },
          ],
        }),
      )
      .catch((cause: unknown) => cause);
    expect(classifyFailure(error)).toMatchObject({
      kind: 'condition',
      reasons: [{ index: 1, code: 'ConditionalCheckFailed' }],
    });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a number out of its range', { n: 1e16 }, /^Number 10000000000000000 is greater than/],
    ['no number', { n: Number.NaN }, /^Special numeric value NaN is not allowed/],
    ['an object of an unknown class', { n: new Date(0) }, /^Unsupported type passed/],
  ])('reports before any request that %s cannot be stored', async (_, values, message) => {
    const Item = { pk: 'u', sk: '1', ...values };
    const put = new PutCommand({ TableName: db.tables.traffic, Item });
    const transaction = new TransactWriteCommand({ TransactItems: [{ Put: put.input }] });
    for (const command of [put, transaction]) {
      const error = await db.client.send(command as PutCommand).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ name: 'UnstorableInput', message: expect.stringMatching(message) });
      expect(classifyFailure(error).kind).toBe('validation');
    }
  });

  it('passes other failures before a request on unchanged', async () => {
    const client = makeDocumentClient({
      region: 'eu-central-1',
      credentials: async () => {
        throw new Error('no credentials here');
      },
    });
    const put = new PutCommand({ TableName: 'traffic', Item: { pk: 'u', sk: '1' } });
    const error = await client.send(put).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ message: 'no credentials here' });
    expect(classifyFailure(error).kind).toBe('fatal');
    client.destroy();
  });
});
