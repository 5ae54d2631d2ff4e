import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, type GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { EXPIRY_INDEX } from '../../core/cache/table-keys.ts';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import type { TableNames } from '../../core/storage/tables.ts';

export interface TestTables {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  /** Deletes the tables and closes the client. */
  drop(): Promise<void>;
}

const EXPIRY_INDEX_DEFINITION: GlobalSecondaryIndex = {
  IndexName: EXPIRY_INDEX,
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'expires_ms', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' },
};

/** Three empty tables of the test's own in the run's DynamoDB Local. Call `drop` in afterAll. */
export async function createTables(): Promise<TestTables> {
  const client = makeDocumentClient({
    endpoint: inject('dynamodbEndpoint'),
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
  });
  const prefix = `test-${randomUUID()}`;
  const tables: TableNames = {
    network: `${prefix}-network`,
    traffic: `${prefix}-traffic`,
    cache: `${prefix}-cache`,
  };
  for (const TableName of Object.values(tables)) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
          ...(TableName === tables.cache
            ? [{ AttributeName: 'expires_ms', AttributeType: 'N' as const }]
            : []),
        ],
        ...(TableName === tables.cache && { GlobalSecondaryIndexes: [EXPIRY_INDEX_DEFINITION] }),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
  }
  return {
    client,
    tables,
    async drop() {
      await Promise.all(
        Object.values(tables).map(TableName => client.send(new DeleteTableCommand({ TableName }))),
      );
      client.destroy();
    },
  };
}
