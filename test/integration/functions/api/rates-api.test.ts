import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../../../core/ingest/ingest.ts';
import { withdrawSilentGauges } from '../../../../core/ingest/silent-gauges.ts';
import { counterKey } from '../../../../core/ledger/lane-keys.ts';
import { claimPublication } from '../../../../core/live/lease.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { ingestContext } from '../../../support/ingest-context.ts';
import { type ReportSketch, reportRecord, T0 } from '../../../support/report-records.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

let t: TestTables;
let api: ApiUnderTest;
let site: string;

beforeAll(async () => {
  t = await createTables();
  api = makeApi(t);
  api.now = T0 + 60_000;
  site = (await api.data('Mutation.createSite', { name: 'Berlin' })).id;
  for (const id of ['edge-a', 'edge-b']) await api.data('Mutation.registerEdge', { id, site_id: site });
});
beforeEach(() => {
  api.now = T0 + 60_000;
});
afterAll(() => t.drop());

/** A report that arrives when it is sent. */
async function report(edge_id: string, sketch: ReportSketch & { sent_ms: number }): Promise<void> {
  const place = { partition_key: edge_id, arrived_ms: sketch.sent_ms };
  const record = reportRecord({ edge_id, site_id: site, ...sketch }, place);
  expect(await ingest([record], ingestContext(t))).toEqual([]);
}

const pairs = (voice: bigint, web: bigint) => [
  { policy_id: 'voice', endpoint_id: 'wan1', packets: voice, bytes: voice * 100n },
  { policy_id: 'web', endpoint_id: 'wan2', packets: web, bytes: web * 1000n },
];

const rateOf = (bits_per_second: number, packets_per_second: number, times: object = SUMMED) => ({
  ...{ bits_per_second, packets_per_second },
  ...times,
});
const SUMMED = { from: null, to: null };
const at = (ms: number) => new Date(T0 + ms).toISOString();

async function shown() {
  const [voice, web, unused] = await Promise.all(
    ['voice', 'web', 'default'].map(id => api.data('Query.policy', { id })),
  );
  const totals = await api.data('Query.trafficTotals');
  const edges = await Promise.all(['edge-a', 'edge-b'].map(id => api.data('Query.edge', { id })));
  return {
    policies: [voice, web, unused].map(policy => policy?.rate),
    totals: totals.rate,
    edges: edges.map(edge => edge.rate),
    site: (await api.data('Query.site', { id: site })).rate,
    endpoints: (await api.data('Query.endpointStats', { site_id: site })).map(
      ({ endpoint_id, rate }: { endpoint_id: string; rate: unknown }) => [endpoint_id, rate],
    ),
  };
}

describe('rates', () => {
  it('are unknown before the second report of an edge', async () => {
    await report('edge-a', { seq: 1, sent_ms: 0, policies: pairs(10n, 10n) });
    expect(await shown()).toEqual({
      policies: [null, null, null],
      totals: null,
      edges: [null, null],
      site: null,
      endpoints: [
        ['wan1', null],
        ['wan2', null],
      ],
    });
  });

  it('cover the last two reports of each edge, and their sums', async () => {
    await report('edge-a', { seq: 2, sent_ms: 10_000, policies: pairs(110n, 10n) });
    await report('edge-b', { seq: 1, sent_ms: 5000, policies: pairs(1n, 1n) });
    const a = { from: at(0), to: at(10_000) };
    expect(await shown()).toEqual({
      policies: [rateOf(8000, 10), rateOf(0, 0), null],
      totals: rateOf(8000, 10),
      edges: [rateOf(8000, 10, a), null],
      site: rateOf(8000, 10, a),
      endpoints: [
        ['wan1', rateOf(8000, 10, a)],
        ['wan2', rateOf(0, 0, a)],
      ],
    });
    await report('edge-b', { seq: 2, sent_ms: 25_000, policies: pairs(1n, 21n) });
    const both = { from: at(0), to: at(25_000) };
    expect(await shown()).toEqual({
      policies: [rateOf(8000, 10), rateOf(8000, 1), null],
      totals: rateOf(16_000, 11),
      edges: [rateOf(8000, 10, a), rateOf(8000, 1, { from: at(5000), to: at(25_000) })],
      site: rateOf(16_000, 11, both),
      endpoints: [
        ['wan1', rateOf(8000, 10, both)],
        ['wan2', rateOf(8000, 1, both)],
      ],
    });
  });

  it('are not affected by a reset, unlike counts', async () => {
    await api.data('Mutation.resetPolicyStats', { policy_id: 'voice' });
    const voice = await api.data('Query.policy', { id: 'voice' });
    expect([voice.rate, voice.packets_matched, voice.counted_since]).toEqual([
      rateOf(8000, 10),
      0,
      at(60_000),
    ]);
    expect((await api.data('Query.policy', { id: 'web' })).counted_since).toBeNull();
    expect((await api.data('Query.trafficTotals')).counted_since).toBeNull();
    api.now += 1000;
    const { audit_id } = await api.data('Mutation.resetAllStats');
    expect(await api.data('Query.trafficTotals')).toMatchObject({
      ...{ packets: 0, rate: rateOf(16_000, 11), as_of: at(61_000), counted_since: at(61_000) },
    });
    await api.data('Mutation.undo', { audit_id });
    expect((await api.data('Query.trafficTotals')).counted_since).toBeNull();
    const { items, as_of } = await api.data('Query.policies');
    expect(as_of).toBe(at(61_000));
    expect(items.find(({ id }: { id: string }) => id === 'voice').counted_since).toBe(at(60_000));
  });

  it('are the same in live figures', async () => {
    const figures = async (scope: string) => {
      const { items, ...rest } = await api.data('Query.figures', { scope });
      expect(rest).toEqual({
        ...{ scope, seq: 0, part: 0, parts: 1, removed: [] },
        as_of: at(60_000),
        lease_until: at(180_000),
        next_token: null,
      });
      return new Map(items.map(({ id, ...figure }: { id: string }) => [id, figure]));
    };
    const counted = (packets_exact: string, bytes_exact: string, rate: unknown) => ({
      ...{ packets_exact, bytes_exact, active_flows: 0, rate },
    });
    expect(await figures('TOTALS')).toEqual(new Map([['all', counted('31', '31000', rateOf(16_000, 11))]]));
    expect(await figures('POLICIES')).toEqual(
      new Map([
        ['default', { ...counted('0', '0', null), name: 'Default' }],
        ['voice', { ...counted('0', '0', rateOf(8000, 10)), name: 'Unknown policy voice' }],
        ['web', { ...counted('31', '31000', rateOf(8000, 1)), name: 'Unknown policy web' }],
      ]),
    );
    expect(await figures('PATHS')).toEqual(new Map());
  });

  it('of sites are from the last snapshot', async () => {
    expect((await api.data('Query.figures', { scope: 'SITES' })).items).toEqual([]);
    await snapshotAt(t, T0 + 60_000, ['edge-a', 'edge-b']);
    const { items } = await api.data('Query.figures', { scope: 'SITES' });
    expect(items).toEqual([
      {
        ...{
          id: site,
          name: 'Berlin',
          packets_exact: '142',
          bytes_exact: '42100',
          active_flows: 0,
          complete_share: 1,
        },
        rate: rateOf(16_000, 11, { from: at(0), to: at(25_000) }),
      },
    ]);
  });

  it('end when the edges are silent', async () => {
    const now = T0 + 1_000_000;
    api.now = now;
    await withdrawSilentGauges(storeContext(t, () => now));
    expect(await shown()).toEqual({
      policies: [null, null, null],
      totals: null,
      edges: [null, null],
      site: null,
      endpoints: [
        ['wan1', null],
        ['wan2', null],
      ],
    });
  });

  it('of counters of the last release are null, not 0', async () => {
    const Item = { ...counterKey(3, 'old'), packets: 5, bytes: 500, active_flows: 1 };
    await t.client.send(new PutCommand({ TableName: t.tables.traffic, Item }));
    expect(await api.data('Query.policy', { id: 'old' })).toMatchObject({ packets_matched: 5, rate: null });
  });
});

describe('figures', () => {
  it.each([
    ['a viewer', personIn('viewer')],
    ['a machine', machine],
  ])('are available to %s', async (_, identity) => {
    expect(await api.call('Query.figures', { scope: 'TOTALS' }, { identity })).toHaveProperty('data');
  });

  it('are refused without a group', async () => {
    const answer = await api.call('Query.figures', { scope: 'TOTALS' }, { identity: personIn('none') });
    expect(answer).toMatchObject({ error: { type: 'Unauthorized' } });
  });

  describe('by pages', () => {
    const page = (more: object, by = api) =>
      by.data('Query.figures', { scope: 'POLICIES', limit: 1, ...more });
    const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);

    it('are in order of their ids, all at the publication of the first page', async () => {
      const first = await page({});
      const context = storeContext(t, () => api.now);
      await claimPublication(context, { scope: 'POLICIES', tick_ms: api.now });
      const others = await page({ limit: 20_000, next_token: first.next_token });
      const { seq } = await page({});
      expect([idsOf(first), idsOf(others)]).toEqual([['default'], ['old', 'voice', 'web']]);
      expect([others.seq, others.next_token, others.as_of]).toEqual([first.seq, null, first.as_of]);
      expect(seq).toBe(first.seq + 1);
    });

    it('are of one instant in one function, and newer if another one continues', async () => {
      const web = ({ items }: { items: { packets_exact: string }[] }) => BigInt(items[0]!.packets_exact);
      const before = BigInt((await api.data('Query.policy', { id: 'web' })).packets_matched_exact);
      const { next_token } = await page({ limit: 3 });
      await report('edge-b', {
        ...{ boot_id: 'boot-late', seq: 1, sent_ms: T0 + 60_000 },
        policies: [{ policy_id: 'web', endpoint_id: 'wan2', packets: 7n, bytes: 7000n }],
      });
      const other = makeApi(t);
      other.now = api.now;
      expect(web(await page({ next_token }, other))).toBe(before + 7n);
      expect(web(await page({ next_token }))).toBe(before);
      // All its pages were sent: the cached ones are removed.
      expect(web(await page({ next_token }))).toBe(before + 7n);
    });

    it.each([0, 20_001, 1.5])('reject a limit of %d', async limit => {
      expect(await api.call('Query.figures', { scope: 'POLICIES', limit })).toEqual({
        error: { type: 'ValidationError', message: 'limit must be a whole number from 1 to 20000.' },
      });
    });

    it.each([
      ['a text that no list gave', async () => 'abc'],
      ['the token of another scope', async () => (await page({})).next_token],
      ['the token of another list', async () => (await api.data('Query.policies', { limit: 1 })).next_token],
    ])('reject %s', async (_, token) => {
      const asked = { scope: 'TOTALS', next_token: await token() };
      expect(await api.call('Query.figures', asked)).toEqual({
        error: {
          type: 'ValidationError',
          message:
            'next_token is not from this list: leave it out to start at the beginning, or pass the next_token of the previous page unchanged.',
        },
      });
    });
  });
});
