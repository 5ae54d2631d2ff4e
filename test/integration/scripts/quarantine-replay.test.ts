import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { putInQuarantine } from '../../../core/ingest/quarantine.ts';
import { listQuarantine } from '../../../core/ingest/read-quarantine.ts';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { ReportRejected } from '../../../core/report/rejection.ts';
import type { ReplayAnswer, ReplayEvent } from '../../../functions/ingest/replay-event.ts';
import { replay } from '../../../scripts/quarantine/replay.ts';
import { makeApi } from '../../support/api.ts';
import { signedRecord, testKey } from '../../support/edge-keys.ts';
import { stubFunctionEnvironment } from '../../support/function-environment.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;

let db: TestTables;
let invoke: (event: ReplayEvent) => Promise<ReplayAnswer>;
beforeAll(async () => {
  db = await createTables();
  stubFunctionEnvironment(db, { POWERTOOLS_SERVICE_NAME: 'ingest', FLOW_LOG: 'off' });
  const { handler } = await import('../../../functions/ingest/handler.ts');
  const lambda = { getRemainingTimeInMillis: () => 60_000 } as Context;
  invoke = async event => (await asFunction('ingest', () => handler(event, lambda))) as ReplayAnswer;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await db.drop();
});

const noKinesis = { send: () => Promise.reject(new Error('not by the stream')) } as never;

async function waiting(): Promise<string[]> {
  const places: string[] = [];
  for await (const { sk, replayed_at } of listQuarantine(db.client, db.tables)) {
    if (replayed_at === undefined) places.push(sk);
  }
  return places;
}

it('judges a quarantined record as of its arrival, and keeps a record open that still cannot be counted', async () => {
  const [a, b] = await Promise.all([testKey('a'), testKey('b')]);
  const report = (seq: number, minute: number) =>
    reportRecord(
      { seq, policies: [{ policy_id: 'p', packets: BigInt(seq) }] },
      { sequence: seq, arrived_ms: minute * MINUTE },
    );
  const api = makeApi(db);
  const at = async (minute: number, operation: string, args: object) => {
    api.now = T0 + minute * MINUTE;
    await api.data(operation, args);
  };
  await at(2, 'Mutation.registerEdge', {
    id: 'edge-1',
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    public_key: a.public_key,
  });
  await at(3, 'Mutation.rotateEdgeKey', { edge_id: 'edge-1', public_key: b.public_key });
  await at(4, 'Mutation.revokeEdgeKey', { edge_id: 'edge-1', kid: a.kid });

  const before = report(1, 1);
  const inItsTime = signedRecord(report(2, 3), a);
  const revoked = signedRecord(report(900, 5), a);
  const unsigned = report(901, 5);
  const present = signedRecord(report(3, 5), b);
  for (const record of [before, inItsTime, revoked, unsigned, present]) {
    await putInQuarantine(record, new ReportRejected('lane_unreadable'), ingestContext(db));
  }
  const place = ({ arrived_at_ms, shard_id, sequence_number }: StreamRecord) =>
    `${new Date(arrived_at_ms).toISOString()}#${shard_id}#${sequence_number}`;
  const quarantine = { ...db, kinesis: noKinesis, stream: 'reports', ingest: { invoke, close: () => {} } };
  const outcomeOf = (record: StreamRecord) =>
    replay(place(record), quarantine).then(
      () => 'counted',
      (cause: Error) => cause.message,
    );

  expect(await outcomeOf(before)).toBe('counted');
  expect(await outcomeOf(inItsTime)).toBe('counted');
  expect(await outcomeOf(present)).toBe('counted');
  expect(await outcomeOf(revoked)).toBe(
    `Record ${place(revoked)} still can't be counted: The report is signed with a key that was not good for this edge when the report arrived; use a key that is registered for the edge, as npm run edge -- key prints it, or find out who else sends under this edge id (key ${a.kid} is good from 2026-01-31T12:02:00.000Z to 2026-01-31T12:04:00.000Z, the report arrived at 2026-01-31T12:05:00.000Z).`,
  );
  expect(await outcomeOf(unsigned)).toBe(
    `Record ${place(unsigned)} still can't be counted: The report is not signed, and only signed reports count for this edge; start the edge with --sign, or find out who else sends under its id (edge "edge-1" has a key).`,
  );
  expect((await readCounters(db.client, db.tables)).get('p')?.packets).toBe(3n);
  expect(await waiting()).toEqual([place(revoked), place(unsigned)].sort());
});

it('reports a lack of time in ingest, and leaves the record open', async () => {
  const record = reportRecord({ edge_id: 'edge-2' }, { sequence: 5000 });
  await putInQuarantine(record, new ReportRejected('lane_unreadable'), ingestContext(db));
  const place = `${new Date(T0).toISOString()}#${record.shard_id}#${record.sequence_number}`;
  const busy = async () => ({ batchItemFailures: [{ itemIdentifier: '1' }], rejected: [] });
  const quarantine = {
    ...db,
    kinesis: noKinesis,
    stream: undefined,
    ingest: { invoke: busy, close: () => {} },
  };
  await expect(replay(place, quarantine)).rejects.toThrow(
    `Ingest could not process record ${place} in time: replay it again in a minute.`,
  );
  await expect(replay(place, { ...quarantine, ingest: undefined })).rejects.toThrow(
    'Name the function with --function, or the stream with --stream: outputs of the ingest stack.',
  );
  expect(await waiting()).toContain(place);
});
