import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { readMarks } from '../../../core/history/sample-store.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { registerEdge } from '../../../core/inventory/edges/change-edges.ts';
import { createSite } from '../../../core/inventory/sites/create-site.ts';
import { stubFunctionEnvironment } from '../../support/function-environment.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const HOUR_S = 3600;

let db: TestTables;
const printed: string[] = [];

beforeAll(async () => {
  db = await createTables();
  stubFunctionEnvironment(db, {
    MINUTE_RETENTION_HOURS: '72',
    EXPORT_FUNCTION: 'export',
    SNAPSHOT_GROUP_FUNCTION: 'snapshot-group',
    POWERTOOLS_SERVICE_NAME: 'test',
  });
  vi.spyOn(process.stdout, 'write').mockImplementation(text => Boolean(printed.push(String(text))));
  const now = Date.now();
  // A minute ago: a snapshot counts the edges that were in service when its minute ended.
  const clock = () => now - MINUTE;
  const context = { ...db, clock, sleep: async () => {}, random: () => 0, deadline: now + MINUTE };
  const actor = systemCaller('test');
  const site = await createSite(context, actor, { name: 'Site' });
  for (const id of ['edge-1', 'edge-2']) await registerEdge(context, actor, { id, site_id: site.id });
  const record = reportRecord(
    { sent_ms: now - T0, policies: [{ policy_id: '7', packets: 5n, bytes: 500n }] },
    { arrived_ms: now - T0 },
  );
  expect(await ingest([record], ingestContext({ ...db, clock: () => now, deadline: now + MINUTE }))).toEqual(
    [],
  );
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await db.drop();
});

const lambda = (remaining_ms: number) =>
  ({ getRemainingTimeInMillis: () => remaining_ms, functionName: 'test', awsRequestId: 'r' }) as Context;

it('takes the snapshot for the scheduled minute, once, with the configured retention', async () => {
  const { handler } = await import('../../../functions/snapshot/handler.ts');
  const minute = Math.floor(Date.now() / MINUTE) * MINUTE;
  const event = { scheduled_at: new Date(minute + 31_000).toISOString() };
  expect(await asFunction('snapshot', () => handler(event, lambda(55_000)))).toMatchObject({
    taken: true,
    minute,
    lanes: 1,
    bad_lanes: 0,
  });
  expect(await asFunction('snapshot', () => handler(event, lambda(55_000)))).toMatchObject({
    taken: false,
    minute,
  });
  const store = { client: db.client, table: db.tables.traffic };
  const marks = await readMarks(store, { resolution: 'MINUTE', from: 0, to: minute });
  expect(marks).toMatchObject([{ at: minute, edges_expected: 2, edges_heard: 1, lanes: 1 }]);
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.tables.traffic,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: { ':pk': 'SAMPLE#7', ':sk': '1m#' },
    }),
  );
  expect(Items.map(item => item.expires_at)).toEqual([minute / 1000 + 73 * HOUR_S]);
  // Of the first call, not of the repeated one: alarms need the metric when no snapshot is taken.
  const counted = printed
    .join('')
    .match(/"LanesUnreadable":0,"EdgesExpected":2,"EdgesSilent":1,"PacketsCounted":\d+,"BytesCounted":\d+/g);
  expect(counted).toHaveLength(1);
});

it.each([{}, { scheduled_at: 'now' }])('rejects the snapshot event %j, which has no minute', async event => {
  const { handler } = await import('../../../functions/snapshot/handler.ts');
  await expect(handler(event, lambda(55_000))).rejects.toThrow('scheduled_at');
});

it('runs each step of the clean-up, and compares totals in the first five minutes of an hour', async () => {
  const { handler } = await import('../../../functions/cleanup/handler.ts');
  const run = async (scheduled_at: string) => {
    const { steps } = await asFunction('cleanup', () => handler({ scheduled_at }, lambda(240_000)));
    return steps;
  };
  const first = await run('2026-03-15T12:03:00Z');
  expect(first.map(({ name, outcome }) => [name, outcome])).toEqual(
    [
      ...['gauges', 'caches', 'deletions', 'resets', 'alarms', 'refusals', 'voids', 'edges'],
      ...['generations', 'exports', 'totals'],
    ].map(name => [name, 'done']),
  );
  expect(first.at(-1)?.details).toMatchObject({ policies: 1, lanes: 1, mismatches: 0 });
  expect((await run('2026-03-15T12:08:00Z')).at(-1)?.details).toEqual({});
  expect(printed.join('')).toContain('"totals_mismatches":0');
});

it('runs only the due steps of the clean-up, and rejects an unknown one', async () => {
  const { handler } = await import('../../../functions/cleanup/handler.ts');
  const scheduled_at = '2026-03-15T12:04:00Z';
  const { steps } = await asFunction('cleanup', () =>
    handler({ scheduled_at, steps: ['deletions'] }, lambda(240_000)),
  );
  expect(steps).toEqual([
    { name: 'deletions', outcome: 'done', details: { finished: 0, running: 0, removed: 0 } },
  ]);
  await expect(handler({ scheduled_at, steps: ['deletion'] }, lambda(240_000))).rejects.toThrow('steps');
});
