import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { systemCaller } from '../core/access/caller.ts';
import { ingest } from '../core/ingest/ingest.ts';
import { IngestTally } from '../core/ingest/ingest-tally.ts';
import { LaneMemory } from '../core/ingest/lane-memory.ts';
import { QuarantineMemory } from '../core/ingest/quarantine-memory.ts';
import { recoverCounters } from '../core/ingest/recovery/recover-counters.ts';
import type { TableNames } from '../core/storage/tables.ts';
import type { WriteAction } from '../core/storage/write-action.ts';
import { systemClock, systemSleep } from '../core/time/clock.ts';
import { slotsItem } from '../test/support/counter-slots.ts';
import { createTable } from '../test/support/create-table.ts';
import { clientWith } from '../test/support/fake-dynamodb.ts';
import { reportRecord } from '../test/support/report-records.ts';
import type { BenchRow } from './bench-row.ts';
import { withDatabase } from './support/with-database.ts';

const LANES = 1000;
const POLICIES = 20;
const MAX_RATIO = 3;

/** The time to rebuild counters, compared with only the same transactions. */
export async function run(): Promise<BenchRow[]> {
  return [await withDatabase(recovery)];
}

async function recovery(client: DynamoDBDocumentClient): Promise<BenchRow> {
  const tables = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
  for (const table of [tables.audit, tables.network, tables.traffic, 'bare'])
    await createTable(client, table);
  const head = slotsItem();
  await client.send(
    new TransactWriteCommand({ TransactItems: [{ Put: { TableName: 'traffic', Item: head } }] }),
  );
  await fillLanes(client, tables);
  const written: WriteAction[][] = [];
  const noting = clientWith(async command => {
    if (command instanceof TransactWriteCommand) written.push(command.input.TransactItems!);
    return client.send(command as never);
  });
  const context = { client: noting, tables, clock: systemClock, sleep: systemSleep, random: Math.random };
  const value = await seconds(() => recoverCounters(context, { actor: systemCaller('bench') }));
  const bare = written.map(actions => actions.flatMap(bareAction));
  const peer_value = await seconds(async () => {
    for (const TransactItems of bare) await client.send(new TransactWriteCommand({ TransactItems }));
  });
  const ratio = value / peer_value;
  return {
    name: `recovery of the counters: ${LANES} lanes × ${POLICIES} policies`,
    value,
    unit: 's',
    peer: `its ${written.length} transactions alone`,
    peer_value,
    ratio,
    threshold: `ratio <= ${MAX_RATIO}`,
    ok: ratio <= MAX_RATIO,
    note: 'two more looks at all lanes included; DynamoDB Local',
  };
}

async function fillLanes(client: DynamoDBDocumentClient, tables: TableNames): Promise<void> {
  const policies = Array.from({ length: POLICIES }, (_, p) => ({
    policy_id: `policy-${p}`,
    packets: 1000n,
    bytes: 1_000_000n,
    active_flows: 1,
  }));
  const records = Array.from({ length: LANES }, (_, e) =>
    reportRecord({ edge_id: `edge-${e}`, policies }, { sequence: e }),
  );
  const left = await ingest(records, {
    client,
    tables,
    slots: 16,
    memory: new LaneMemory(),
    quarantined: new QuarantineMemory(),
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    deadline: systemClock() + 600_000,
    flow_log_ttl_hours: undefined,
    warn: () => {},
    tally: new IngestTally(),
  });
  if (left.length > 0) throw new Error(`${left.length} reports were not counted`);
}

/** The same write in a separate table, without its conditions. */
function bareAction({ Put, Update }: WriteAction): WriteAction[] {
  if (Put) return [{ Put: { TableName: 'bare', Item: Put.Item } }];
  if (!Update) return [];
  if (Update.ConditionExpression !== undefined) return [];
  return [{ Update: { ...Update, TableName: 'bare' } }];
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
