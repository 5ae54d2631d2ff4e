import {
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  type TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { listQuarantine } from '../../../core/ingest/read-quarantine.ts';
import { counterKey } from '../../../core/ledger/lane-keys.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
beforeAll(async () => {
  db = await createTables();
  // A counter to which nothing can be added.
  const Item = { ...counterKey(0, 'broken'), packets: 'many' };
  await db.client.send(new PutCommand({ TableName: db.tables.traffic, Item }));
});
afterAll(() => db.drop());

async function items(pk: string) {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    }),
  );
  return Items;
}

it('finds the one report among many that DynamoDB rejects, and counts the others', async () => {
  const fine = (packets: bigint) => ({ policy_id: 'fine', packets });
  const broken = { policy_id: 'broken', packets: 1n };
  const records = [
    reportRecord({ edge_id: 'a', policies: [fine(1n)] }, { sequence: 1 }),
    reportRecord({ edge_id: 'b', seq: 1, policies: [fine(10n)] }, { sequence: 2 }),
    reportRecord({ edge_id: 'b', seq: 2, policies: [fine(20n), broken] }, { sequence: 3 }),
    reportRecord({ edge_id: 'b', seq: 3, policies: [fine(30n)] }, { sequence: 4 }),
    reportRecord({ edge_id: 'c', policies: [fine(100n)] }, { sequence: 5 }),
  ];
  const context = ingestContext(db);
  expect(await ingest(records, context)).toEqual([]);
  expect(context.tally).toMatchObject({ ReportsApplied: 4, ReportsQuarantined: 1 });
  expect(await items('COUNTER#0')).toEqual([
    { ...counterKey(0, 'broken'), packets: 'many' },
    { ...counterKey(0, 'fine'), packets: 131, bytes: 0, active_flows: 0, bit_rate: 0, packet_rate: 0 },
  ]);
  const quarantined: unknown[] = [];
  for await (const entry of listQuarantine(db.client, db.tables)) quarantined.push(entry);
  expect(quarantined).toMatchObject([
    {
      reason: 'refused',
      sequence_number: '10003',
      message: expect.stringMatching(/^The database refuses what this report would write; .+ \(.+\)\.$/),
    },
  ]);
});

it('isolates a report that the SDK cannot write before any request, and counts the others', async () => {
  const records = [
    reportRecord({ edge_id: 'd', policies: [{ policy_id: 'good', packets: 1n }] }, { sequence: 11 }),
    reportRecord({ edge_id: 'e', policies: [{ policy_id: 'unstorable', packets: 1n }] }, { sequence: 12 }),
    reportRecord({ edge_id: 'f', policies: [{ policy_id: 'good', packets: 2n }] }, { sequence: 13 }),
  ];
  const told: Record<string, unknown>[] = [];
  const context = ingestContext({
    ...db,
    client: withoutNumber(db.client, 'unstorable'),
    warn: (_, details) => void told.push(details),
  });
  expect(await ingest(records, context)).toEqual([]);
  expect(context.tally).toMatchObject({ ReportsApplied: 2, ReportsQuarantined: 1 });
  expect(told).toMatchObject([
    { failure: 'validation', cause: expect.objectContaining({ name: 'UnstorableInput' }) },
    { reason: 'refused', sequence_number: '10012', reason_text: expect.stringContaining('NaN') },
  ]);
});

/** Puts a number that cannot be stored into every change of a policy's counter. */
function withoutNumber(client: DynamoDBDocumentClient, policy_id: string): DynamoDBDocumentClient {
  const send = (command: TransactWriteCommand) => {
    for (const { Update } of command.input.TransactItems ?? []) {
      if (Update?.Key?.sk === policy_id)
        Object.assign(Update.ExpressionAttributeValues!, { ':add_packets': Number.NaN });
    }
    return client.send(command);
  };
  return Object.create(client, { send: { value: send } });
}
