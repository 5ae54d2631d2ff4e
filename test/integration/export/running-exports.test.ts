import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Caller } from '../../../core/access/caller.ts';
import { cancelExport } from '../../../core/export/cancel-export.ts';
import type { ExportJob } from '../../../core/export/export-job.ts';
import { exportRequest } from '../../../core/export/export-request.ts';
import { changeTaken, listJobs, takeJob } from '../../../core/export/job-store.ts';
import { startExport } from '../../../core/export/start-export.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { makeFaults } from '../../support/faults.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const FULL = 'You have 5 running exports: wait until one is done, or cancel one with cancelExport.';

let t: TestTables;
let context: StoreContext;
let now = Date.parse('2026-03-15T12:00:00Z');

beforeEach(async () => {
  t = await createTables();
  context = storeContext(t, () => now);
});

afterEach(() => t.drop());

const person = (sub: string): Caller => ({
  kind: 'PERSON',
  sub,
  username: sub,
  email: null,
  groups: ['viewer'],
  source_ip: null,
  request_id: null,
});

const dispatcher = { dispatch: async () => {} };

function start(sub = 'anna', by: StoreContext = context): Promise<ExportJob> {
  const request = exportRequest('AUDIT', { format: 'csv', from: now - 3_600_000, to: now });
  return startExport(by, { actor: person(sub), request, retention_days: 7, dispatcher });
}

/**
 * Starts this number at once and returns the ids of those that began; the others must report that
 * five run.
 */
async function startAtOnce(count: number, sub = 'anna'): Promise<string[]> {
  const results = await Promise.allSettled(Array.from({ length: count }, () => start(sub)));
  const refusals = results.flatMap(each => (each.status === 'rejected' ? String(each.reason.message) : []));
  expect(new Set(refusals)).toEqual(new Set(refusals.length === 0 ? [] : [FULL]));
  return results.flatMap(each => (each.status === 'fulfilled' ? each.value.export_id : []));
}

const cancel = (export_id: string) => cancelExport(context, { actor: person('anna'), export_id, dispatcher });

async function finish(export_id: string): Promise<void> {
  const taken = await takeJob(context, { export_id, lease_until_ms: now + 1000 });
  expect(await changeTaken(context, taken!, { status: 'DONE', finished_ms: now })).toBe(true);
}

async function running(sub = 'anna'): Promise<string[]> {
  const { items } = await listJobs(context, { owner: sub, limit: 1000 });
  return items.filter(({ status }) => status === 'RUNNING').map(({ export_id }) => export_id);
}

it('runs five of eight exports that start at the same time', async () => {
  const begun = await startAtOnce(8);
  expect(begun).toHaveLength(5);
  expect((await running()).sort()).toEqual(begun.sort());
});

it('runs five for each owner', async () => {
  expect(await startAtOnce(8)).toHaveLength(5);
  expect(await startAtOnce(8, 'ben')).toHaveLength(5);
});

it('starts up to the limit, in any order of starts and ends', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('start' as const), count: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ kind: fc.constantFrom('cancel' as const, 'finish' as const), which: fc.nat(4) }),
  );
  let owner = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async steps => {
      const sub = `owner-${++owner}`;
      const live: string[] = [];
      for (const each of steps) {
        now += 1;
        if (each.kind === 'start') {
          const begun = await startAtOnce(each.count, sub);
          expect(begun).toHaveLength(Math.min(each.count, 5 - live.length));
          live.push(...begun);
        } else if (live.length > 0) {
          const [id] = live.splice(each.which % live.length, 1) as [string];
          if (each.kind === 'finish') await finish(id);
          else await cancelExport(context, { actor: person(sub), export_id: id, dispatcher });
        }
        expect((await running(sub)).sort()).toEqual([...live].sort());
      }
    }),
    { numRuns: 12 },
  );
}, 60_000);

it('counts exports that the last release started', async () => {
  await startAtOnce(4);
  await t.client.send(
    new DeleteCommand({ TableName: t.tables.traffic, Key: { pk: 'OWNER#anna', sk: 'RUNNING' } }),
  );
  expect(await startAtOnce(3)).toHaveLength(1);
});

it('ignores exports whose time limit has passed', async () => {
  await startAtOnce(5);
  now += 8 * 86_400_000;
  expect(await startAtOnce(5)).toHaveLength(5);
});

it.each([
  'time-out, landed',
  'connection reset, landed',
  'throttled',
  'canceled: TransactionConflict',
] as const)('stores one export if its start meets "%s"', async fault => {
  const faults = makeFaults();
  const client = faults.on(t.client);
  // The item, the jobs of it (none), the search for those of the last release, then the
  // transaction.
  faults.arm({ fault, at: 2 });
  const { export_id } = await start('anna', { ...context, client });
  expect(faults.calls).toContain('TransactWriteCommand');
  expect(await running()).toEqual([export_id]);
  expect(await startAtOnce(8)).toHaveLength(4);
  await cancel(export_id);
  expect(await startAtOnce(2)).toHaveLength(1);
});
