import { randomUUID } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../../core/storage/tables.ts';
import { slotsItem } from './counter-slots.ts';
import { createTable } from './create-table.ts';
import { forgetPartitions, watchPartitions } from './empty-partitions.ts';
import { localClient } from './local-client.ts';

/**
 * A table that does not exist, for tests of a failing database. Functions of tests may send it any
 * request.
 */
export const NO_SUCH_TABLE = 'no-such-table';

export interface TestTables {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  /** Deletes the tables and closes the client. */
  drop(): Promise<void>;
}

/**
 * Four tables of the test in the run's DynamoDB Local, empty except for the number of counter slots
 * (also without it with `slots: 0`, like earlier releases). Call `drop` in afterAll.
 */
export async function createTables({ slots = 16 } = {}): Promise<TestTables> {
  const client = localClient();
  const prefix = `test-${randomUUID()}`;
  const tables: TableNames = {
    audit: `${prefix}-audit`,
    network: `${prefix}-network`,
    traffic: `${prefix}-traffic`,
    cache: `${prefix}-cache`,
  };
  await Promise.all(
    Object.values(tables).map(table => {
      watchPartitions(table);
      return createTable(client, table, { expiryIndex: table === tables.cache });
    }),
  );
  if (slots !== 0) await client.send(new PutCommand({ TableName: tables.traffic, Item: slotsItem(slots) }));
  return {
    client,
    tables,
    async drop() {
      await Promise.all(
        Object.values(tables).map(TableName => {
          forgetPartitions(TableName);
          return client.send(new DeleteTableCommand({ TableName }));
        }),
      );
      client.destroy();
    },
  };
}
