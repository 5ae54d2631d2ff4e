import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { withdrawSilentGauges } from '../../../core/ingest/silent-gauges.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { laneKey } from '../../../core/ledger/lane-keys.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { type Fault, faultyClient } from '../../support/faults.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { withRights } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

/** As the clean-up does. */
const withdraw = withRights('cleanup', withdrawSilentGauges);

const SILENT_MS = 300_000;

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

function cleanupContext(db: Pick<TestTables, 'client' | 'tables'>, after_ms: number) {
  let now = T0 + after_ms;
  const sleep = async (ms: number) => {
    now += ms;
  };
  return { ...db, clock: () => now, sleep, random: () => 0.5, deadline: now + 60_000 };
}

async function activeFlows({ client, tables }: Pick<TestTables, 'client' | 'tables'>) {
  const counters = await readCounters(client, tables);
  return Object.fromEntries([...counters].map(([id, { active_flows }]) => [id, active_flows]));
}

const report = (edge_id: string, seq: number, arrived_ms: number, shard = 0) =>
  reportRecord(
    { edge_id, seq, sent_ms: arrived_ms, policies: [{ policy_id: '7', packets: 5n, active_flows: 2 }] },
    { sequence: seq, arrived_ms, shard },
  );

describe('an edge is silent', () => {
  it.each([
    { interval_s: 60, silent_after_s: undefined, from_ms: 300_000 },
    { interval_s: 60, silent_after_s: 900, from_ms: 900_000 },
    { interval_s: 600, silent_after_s: undefined, from_ms: 1_800_000 },
    { interval_s: 7200, silent_after_s: undefined, from_ms: 10_800_000 },
  ])('that reports every $interval_s s: after $from_ms ms with the setting $silent_after_s', async given => {
    const { interval_s, silent_after_s, from_ms } = given;
    const db = { client: new FakeDynamoDb().client, tables: TABLES };
    const policies = [{ policy_id: '7', packets: 5n, active_flows: 2 }];
    await ingest([reportRecord({ interval_s, policies })], ingestContext(db));
    const cleanUp = (after_ms: number) => withdraw({ ...cleanupContext(db, after_ms), silent_after_s });
    expect(await cleanUp(from_ms - 1)).toMatchObject({ lanes_taken_out: 0 });
    expect(await cleanUp(from_ms)).toMatchObject({ lanes_taken_out: 1 });
  });
});

describe('clean-up of gauges on DynamoDB Local', () => {
  let db: TestTables;
  beforeEach(async () => {
    db = await createTables();
  });
  afterEach(() => db.drop());

  it('removes only those of silent lanes, and the next report restores them', async () => {
    await ingest([report('silent', 1, 0, 3), report('alive', 1, 1)], ingestContext(db));
    expect(await withdraw(cleanupContext(db, SILENT_MS - 1))).toMatchObject({
      lanes_taken_out: 0,
    });
    expect(await withdraw(cleanupContext(db, SILENT_MS))).toEqual({
      lanes_read: 2,
      lanes_taken_out: 1,
      lanes_left: 0,
      lanes_listed: 0,
      lanes_unreadable: 0,
      complete: true,
    });
    expect(await activeFlows(db)).toEqual({ 7: 2 });
    expect(await withdraw(cleanupContext(db, SILENT_MS))).toMatchObject({ lanes_taken_out: 0 });
    await ingest([report('silent', 2, SILENT_MS)], ingestContext(db));
    expect(await activeFlows(db)).toEqual({ 7: 4 });
    const counters = await readCounters(db.client, db.tables);
    expect(counters.get('7')).toMatchObject({ packets: 10n });
  });

  it('is not undone by a repeated old report', async () => {
    await ingest([report('silent', 1, 0)], ingestContext(db));
    await withdraw(cleanupContext(db, SILENT_MS));
    await ingest([report('silent', 1, 0)], ingestContext(db));
    expect(await activeFlows(db)).toEqual({ 7: 0 });
  });

  it('leaves a lane to a report that arrives at the same time', async () => {
    const memory = ingestContext(db);
    await ingest([report('edge', 1, 0)], memory);
    let reported = false;
    const client = clientWith(async command => {
      // Between the read of the lane and its write.
      if (command instanceof TransactWriteCommand && !reported) {
        reported = true;
        await ingest([report('edge', 2, SILENT_MS)], memory);
      }
      return db.client.send(command as TransactWriteCommand);
    });
    const result = await withdraw(cleanupContext({ ...db, client }, SILENT_MS));
    expect(reported).toBe(true);
    expect(result).toMatchObject({ lanes_taken_out: 0, lanes_left: 1 });
    expect(await activeFlows(db)).toEqual({ 7: 2 });
  });

  it('becomes visible to an ingest function with the lane in memory', async () => {
    const context = ingestContext(db);
    await ingest([report('edge', 1, 0)], context);
    await withdraw(cleanupContext(db, SILENT_MS));
    await ingest([report('edge', 2, SILENT_MS)], context);
    expect(context.tally.ConditionsFailed).toBe(1);
    expect(await activeFlows(db)).toEqual({ 7: 2 });
  });
});

describe('clean-up of gauges', () => {
  const EDGES = 250;

  async function filled() {
    const store = new FakeDynamoDb();
    const db = { client: store.client, tables: TABLES };
    const records = Array.from({ length: EDGES }, (_, e) => report(`edge-${e}`, 1, 0, e % 3));
    for (let e = 0; e < EDGES; e += 25) await ingest(records.slice(e, e + 25), ingestContext(db));
    return { store, db };
  }

  it('packs lanes into few transactions', async () => {
    const { store, db } = await filled();
    store.transactionItemBytes.length = 0;
    expect(await withdraw(cleanupContext(db, SILENT_MS))).toMatchObject({
      lanes_taken_out: EDGES,
    });
    expect(store.transactionItemBytes.length).toBeLessThan(EDGES * 1.3);
    expect(await activeFlows(db)).toEqual({ 7: 0 });
  });

  it.each<Fault>([
    'time-out, landed',
    'time-out, lands later',
    'throttled',
    'canceled: TransactionConflict',
    'canceled: ConditionalCheckFailed',
    'canceled: ValidationError',
  ])('removes each once: %s', async fault => {
    const { db } = await filled();
    let troubled = 0;
    const faulty = faultyClient(db.client, call =>
      call % 3 === 0 && call > 64 && ++troubled < 10 ? fault : undefined,
    );
    await withdraw(cleanupContext({ ...db, client: faulty.client }, SILENT_MS)).catch(() => {});
    await faulty.landAll();
    await withdraw(cleanupContext(db, SILENT_MS));
    expect(await activeFlows(db)).toEqual({ 7: 0 });
  });

  it('skips an unreadable lane, and handles the others', async () => {
    const { store, db } = await filled();
    const { pk, sk } = laneKey('edge-9', 0);
    store.items.get(`${pk}\u0000${sk}`)!.data = new Uint8Array([9]);
    expect(await withdraw(cleanupContext(db, SILENT_MS))).toMatchObject({
      lanes_taken_out: EDGES - 1,
      lanes_unreadable: 1,
    });
    expect(await activeFlows(db)).toEqual({ 7: 2 });
  });

  it('stops at its deadline and says so', async () => {
    const { db } = await filled();
    const context = cleanupContext(db, SILENT_MS);
    const result = await withdraw({ ...context, deadline: context.clock() });
    expect(result.complete).toBe(false);
    expect(result.lanes_taken_out).toBe(0);
  });
});
