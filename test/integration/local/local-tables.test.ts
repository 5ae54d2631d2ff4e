import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { callAwsJson } from '../../../local/aws/aws-json-call.ts';
import {
  createTable,
  type TableProperties,
  tableSchema,
} from '../../../local/resources/types/dynamodb-table.ts';
import { dynamodbEndpoint } from '../../support/local-client.ts';

const endpoint = dynamodbEndpoint();
const table = `test-${randomUUID()}`;
const call = <T>(operation: string): Promise<T> =>
  callAwsJson({ endpoint, target: 'DynamoDB_20120810', jsonVersion: '1.0' }, operation, { TableName: table });
afterEach(() => call('DeleteTable'));

const KEYS = [
  { AttributeName: 'pk', KeyType: 'HASH' },
  { AttributeName: 'sk', KeyType: 'RANGE' },
];

function properties(more: object = {}): TableProperties {
  return tableSchema.parse({
    AttributeDefinitions: KEYS.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: KEYS,
    BillingMode: 'PAY_PER_REQUEST',
    ...more,
  });
}

it('gives a stored table the index, stream and expiry of a new release', async () => {
  await createTable(endpoint, table, properties());
  const newer = properties({
    AttributeDefinitions: ['pk', 'sk', 'other'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-other',
        KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
  });
  const { StreamArn } = await createTable(endpoint, table, newer);
  expect(StreamArn).toContain(`table/${table}/stream/`);
  const { Table } = await call<{ Table: object }>('DescribeTable');
  expect(Table).toMatchObject({
    GlobalSecondaryIndexes: [{ IndexName: 'by-other', IndexStatus: 'ACTIVE' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  expect(await call('DescribeTimeToLive')).toEqual({
    TimeToLiveDescription: { AttributeName: 'expires_at', TimeToLiveStatus: 'ENABLED' },
  });
  // And once more, like at every later start.
  expect(await createTable(endpoint, table, newer)).toEqual({ Arn: expect.any(String), StreamArn });
});

it('rejects a stored table with other keys', async () => {
  await createTable(endpoint, table, properties());
  const other = properties({ KeySchema: [{ AttributeName: 'sk', KeyType: 'HASH' }] });
  await expect(createTable(endpoint, table, other)).rejects.toThrow(
    new Error(`The kept table ${table} has other keys than this release: start with another --data folder.`),
  );
});
