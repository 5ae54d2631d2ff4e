import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../../core/ingest/ingest.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { ingestContext } from '../../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../../support/report-records.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const MINUTE = 60_000;
const at = (minute: number) => new Date(T0 + minute * MINUTE).toISOString();

describe('the changes between two instants', () => {
  let db: TestTables;
  let api: ApiUnderTest;
  let site: string;
  let policy: string;

  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db);
    api.now = T0;
    site = (await api.data('Mutation.createSite', { name: 'Berlin' })).id;
    policy = (await api.data('Mutation.createPolicy', { name: 'Video', priority: 5 })).id;
    const context = ingestContext(db);
    for (let minute = 1; minute <= 20; minute += 1) {
      const later = Math.max(0, minute - 10);
      // Until minute 10 all traffic is of the built-in policy; from then on half of that is of
      // another one, plus as much again.
      const bytes = { default: 60_000 * (minute - later) + 30_000 * later, [policy]: 60_000 * later };
      const policies = Object.entries(bytes).map(([policy_id, sum]) => ({ policy_id, bytes: BigInt(sum) }));
      const sketch = { site_id: site, seq: minute, sent_ms: minute * MINUTE - 5000, policies };
      const record = reportRecord(sketch, { arrived_ms: minute * MINUTE - 5000, sequence: minute });
      expect(await ingest([record], context)).toEqual([]);
      await snapshotAt(db, T0 + minute * MINUTE);
    }
    api.now = T0 + 12 * MINUTE;
    await api.data('Mutation.updatePolicy', { id: policy, priority: 6 });
    api.now += 1000;
    await api.data('Mutation.togglePolicy', { id: policy, enabled: true });
    api.now -= 1000;
    await api.data('Mutation.updateSite', { site_id: site, location: 'Mitte' });
    await api.data('Mutation.clearCache');
    api.now = T0 + 21 * MINUTE;
  });
  afterAll(() => db.drop());

  const range = { from: at(10), to: at(20) };

  it('are ranked by the difference in traffic, together with changes at the same time', async () => {
    const { items, ...about } = await api.data('Query.changesBetween', range);
    const completeness = { edges_expected: 1, edges_heard: 1, late_groups: [] };
    expect(about).toEqual({
      ...range,
      before: {
        from: at(5),
        to: at(10),
        bits_per_second: 8000,
        completeness: { ...completeness, as_of: at(10) },
      },
      after: {
        from: at(15),
        to: at(20),
        bits_per_second: 12_000,
        completeness: { ...completeness, as_of: at(20) },
      },
      total: 6,
      log_from: at(10),
    });
    const none = { title: null, times: 0, first_at: null, last_at: null, entry_id: null };
    const rates = (before: number, after: number) => ({
      effect_bits_per_second: Math.abs(after - before),
      before_bits_per_second: before,
      after_bits_per_second: after,
    });
    const unknown = {
      effect_bits_per_second: null,
      before_bits_per_second: null,
      after_bits_per_second: null,
    };
    const entry = (times: number, last_at = at(12)) => ({
      times,
      first_at: at(12),
      last_at,
      entry_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
    });
    const ofPolicy = { target: `policy:${policy}`, target_name: 'Video', ...rates(0, 8000) };
    const ofSite = { target: `site:${site}`, target_name: 'Berlin', ...rates(8000, 12_000) };
    expect(items).toEqual([
      { kind: 'POLICY_TRAFFIC', ...ofPolicy, ...none },
      { kind: 'POLICY', ...ofPolicy, ...entry(2, at(12 + 1 / 60)), title: 'Policy Video was switched on.' },
      {
        kind: 'POLICY_TRAFFIC',
        target: 'policy:default',
        target_name: 'Default',
        ...rates(8000, 4000),
        ...none,
      },
      { kind: 'SITE_TRAFFIC', ...ofSite, ...none },
      { kind: 'INVENTORY', ...ofSite, ...entry(1), title: 'Site Berlin was changed.' },
      {
        kind: 'OTHER',
        target: 'cache',
        target_name: null,
        ...unknown,
        ...entry(1),
        title: 'The caches were cleared.',
      },
    ]);
  });

  it('are limited to the largest, with the number of all', async () => {
    const { items, total } = await api.data('Query.changesBetween', { ...range, limit: 1 });
    expect([items.length, total]).toEqual([1, 6]);
  });

  it('have no rate without two snapshots, and are still ranked', async () => {
    const early = { from: at(-5), to: at(0.5) };
    const { before, after, items } = await api.data('Query.changesBetween', early);
    expect([before, after]).toEqual([null, null]);
    expect(items.map(({ title, effect_bits_per_second }: never) => [title, effect_bits_per_second])).toEqual([
      ['Policy Video was created.', null],
      ['Site Berlin was created.', null],
    ]);
  });

  it('measure over the range if it is shorter than five minutes', async () => {
    const { before, after } = await api.data('Query.changesBetween', { from: at(10), to: at(12) });
    expect([before.from, before.to, after.from, after.to]).toEqual([at(8), at(10), at(10), at(12)]);
  });

  it.each([
    [
      'ends before it begins',
      { from: at(2), to: at(1) },
      `from (${at(2)}) is not at least a minute before to (${at(1)}): choose an earlier from or a later to.`,
    ],
    [
      'is shorter than a minute',
      { from: at(1), to: at(1.5) },
      `from (${at(1)}) is not at least a minute before to (${at(1.5)}): choose an earlier from or a later to.`,
    ],
    ['ends in the future', { from: at(1), to: at(60) }, `to (${at(60)}) is in the future.`],
    ['is not a range', { from: 'then', to: at(1) }, 'from must be a time such as 2026-01-31T12:00:00Z.'],
    ['lists too many', { ...range, limit: 1001 }, 'limit must be a whole number from 1 to 1000.'],
  ])('reject %s', async (_, args, message) => {
    expect(await api.call('Query.changesBetween', args)).toEqual({
      error: { type: 'ValidationError', message },
    });
  });

  it('are for people of every group', async () => {
    expect(await api.call('Query.changesBetween', range, { identity: personIn('viewer') })).toHaveProperty(
      'data',
    );
    expect(await api.call('Query.changesBetween', range, { identity: personIn('none') })).toMatchObject({
      error: { type: 'Unauthorized' },
    });
  });
});
