import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../../core/access/caller.ts';
import { ingest } from '../../../../core/ingest/ingest.ts';
import { registerEdge } from '../../../../core/inventory/edges/change-edges.ts';
import { createPath } from '../../../../core/inventory/paths/create-path.ts';
import { createPolicy } from '../../../../core/inventory/policies/change-policies.ts';
import { deleteSite } from '../../../../core/inventory/removal/delete-site.ts';
import { addEndpoint } from '../../../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../../../core/inventory/sites/create-site.ts';
import { writePathMetrics } from '../../../../core/routing/metrics/path-metrics-store.ts';
import type { StoreContext } from '../../../../core/storage/store-context.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { ingestContext } from '../../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../../support/report-records.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const actor = systemCaller('test');
const MINUTE = 60_000;
const NOWHERE = '550e8400-e29b-41d4-a716-446655440000';

let t: TestTables;
let api: ApiUnderTest;
let context: StoreContext;
/** Three sites with two endpoints each; two paths between each two of them. */
let sites: string[];
let paths: string[];

beforeAll(async () => {
  t = await createTables();
});
afterAll(() => t.drop());

beforeEach(async () => {
  await t.drop();
  t = await createTables();
  api = makeApi(t);
  api.now = T0;
  context = storeContext(t, () => api.now);
  sites = [];
  paths = [];
  for (const name of ['A', 'B', 'C']) {
    const { id } = await createSite(context, actor, { name });
    sites.push(id);
    for (const endpoint_id of ['wan1', 'wan2']) {
      const address = `${endpoint_id}.example.com`;
      await addEndpoint(context, actor, { site_id: id, endpoint_id, address, interface_type: 'FIBER' });
    }
  }
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    for (const endpoint_id of ['wan1', 'wan2']) {
      const { id } = await createPath(context, actor, {
        source_site_id: sites[a],
        source_endpoint_id: endpoint_id,
        destination_site_id: sites[b],
        destination_endpoint_id: endpoint_id,
      });
      paths.push(id);
    }
  }
});

/** The measurement of a path now. */
function measure(path_id: string, { latency_ms = 10, packet_loss_pct = 0 } = {}) {
  const measured_at = new Date(api.now).toISOString();
  const metrics = { latency_ms, jitter_ms: 1, packet_loss_pct, bandwidth_mbps: 100, measured_at };
  return writePathMetrics(context, { path_id, metrics });
}

// biome-ignore lint/suspicious/noExplicitAny: looks into answers as a client does
const idsOf = ({ items }: any): string[] => items.map(({ id }: any) => id);

describe('the list of all paths', () => {
  it('lists the worst first, with the number of paths of each status', async () => {
    await measure(paths[0]!, { packet_loss_pct: 30 });
    await measure(paths[1]!, { packet_loss_pct: 2 });
    await measure(paths[2]!, { packet_loss_pct: 3 });
    await measure(paths[3]!);
    await measure(paths[4]!);
    await api.data('Mutation.failoverPath', { path_id: paths[4], until_restored: true });
    const answer = await api.data('Query.allPaths', {}, { identity: personIn('viewer') });
    expect(answer).toMatchObject({
      total: 6,
      by_status: [
        { status: 'FAILED', count: 1 },
        { status: 'UNKNOWN', count: 1 },
        { status: 'DEGRADED', count: 2 },
        { status: 'OUT', count: 1 },
        { status: 'OPTIMAL', count: 1 },
      ],
      next_token: null,
    });
    expect(idsOf(answer)).toEqual([0, 5, 2, 1, 4, 3].map(index => paths[index]));
  });

  it('filters by status, site and policy, and counts the other statuses too', async () => {
    for (const path of paths) await measure(path, { latency_ms: path === paths[3] ? 5 : 10 });
    await measure(paths[1]!, { packet_loss_pct: 30 });
    const failed = await api.data('Query.allPaths', { status: 'FAILED' });
    expect(idsOf(failed)).toEqual([paths[1]]);
    expect(failed).toMatchObject({
      total: 1,
      by_status: [
        { status: 'FAILED', count: 1 },
        { status: 'OPTIMAL', count: 5 },
      ],
    });
    const ofC = await api.data('Query.allPaths', { site_id: sites[2], order_by: 'ID' });
    expect(idsOf(ofC)).toEqual(paths.slice(2).sort());
    const taken = await api.data('Query.allPaths', { policy_id: 'default', order_by: 'ID' });
    const chosen = await Promise.all(
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ].map(([a, b]) =>
        api.data('Query.routingDecision', {
          policy_id: 'default',
          source_site_id: sites[a!],
          destination_site_id: sites[b!],
        }),
      ),
    );
    expect(idsOf(taken)).toEqual(chosen.map(({ selected_path_id }) => selected_path_id).sort());
  });

  it('names the policies that use a path, one by one if some have left it', async () => {
    for (const path of paths) await measure(path);
    await measure(paths[0]!, { latency_ms: 5 });
    const { policy } = await createPolicy(context, actor, {
      name: 'voice',
      priority: 10,
      enabled: true,
      match: {},
    });
    await createPolicy(context, actor, { name: 'off', priority: 9, enabled: false, match: {} });
    const policiesOf = async () => {
      const { items } = await api.data('Query.allPaths', { site_id: sites[1], order_by: 'ID' });
      const whole = await api.data('Query.allPaths', { order_by: 'ID' });
      const { items: listed } = await api.data('Query.paths', { site_id: sites[1]! });
      for (const { id, policies } of [
        ...listed,
        ...whole.items.filter((one: { id: string }) =>
          items.some((other: { id: string }) => other.id === one.id),
        ),
      ]) {
        expect(policies).toEqual(items.find((one: { id: string }) => one.id === id).policies);
      }
      // biome-ignore lint/suspicious/noExplicitAny: looks into answers as a client does
      return paths.slice(0, 2).map(path => items.find(({ id }: any) => id === path).policies.sort());
    };
    expect(await policiesOf()).toEqual([['default', policy.id].sort(), []]);
    await api.data('Mutation.setPolicyRouting', { policy_id: policy.id, preference: 'HIGHEST_BANDWIDTH' });
    await api.data('Mutation.failoverPath', { path_id: paths[0] });
    expect(await policiesOf()).toEqual([[], ['default', policy.id].sort()]);
    const leftBy = async (left_by: string) => idsOf(await api.data('Query.allPaths', { left_by }));
    expect(await leftBy('default')).toEqual([paths[0]]);
    expect(await leftBy(policy.id)).toEqual([paths[0]]);
    await api.data('Mutation.restorePath', { path_id: paths[0] });
    expect(await leftBy(policy.id)).toEqual([]);
  });

  it('comes in pages, with each path once, in every order', async () => {
    for (const path of paths.slice(1)) await measure(path);
    for (const order_by of ['WORST_FIRST', 'ID', 'TRAFFIC']) {
      const found: string[] = [];
      let next_token: string | null = null;
      do {
        const page = await api.data('Query.allPaths', { order_by, limit: 4, next_token });
        found.push(...idsOf(page));
        next_token = page.next_token;
      } while (next_token);
      expect(found.toSorted()).toEqual(paths.toSorted());
    }
    const { next_token } = await api.data('Query.allPaths', { limit: 1 });
    expect(await api.call('Query.allPaths', { limit: 1, order_by: 'ID', next_token })).toEqual({
      error: {
        type: 'ValidationError',
        message:
          'next_token is not from this list: leave it out to start at the beginning, or pass the next_token of the previous page unchanged.',
      },
    });
  });

  it('shows failovers, deletions and undos at once, also in a function with the paths in memory', async () => {
    for (const path of paths) await measure(path);
    // Another function, which reads twice so that it caches the result.
    const other = makeApi(t);
    const asks = async () => {
      other.now = api.now += 400;
      const { items } = await other.data('Query.allPaths', { order_by: 'ID' });
      return items;
    };
    await asks();
    await asks();
    const { audit_id } = await api.data('Mutation.failoverPath', { path_id: paths[0], until_restored: true });
    // biome-ignore lint/suspicious/noExplicitAny: looks into answers as a client does
    const statusOf = (items: any[]) => items.find(({ id }) => id === paths[0])?.status;
    expect(statusOf(await asks())).toBe('OUT');
    await api.data('Mutation.undo', { audit_id });
    expect(statusOf(await asks())).toBe('OPTIMAL');
    await asks();
    await deleteSite(context, actor, { site_id: sites[0]! });
    expect((await asks()).map(({ id }: { id: string }) => id)).toEqual(paths.slice(4).sort());
    await asks();
    await api.data('Mutation.restoreSite', { site_id: sites[0]! });
    expect((await asks()).map(({ id }: { id: string }) => id)).toEqual(paths.toSorted());
  });

  it('reads an unchanged network once, and its measurements every 5 seconds', async () => {
    for (const path of paths) await measure(path);
    let requests = 0;
    const client = Object.assign(Object.create(t.client), {
      send: (command: never) => {
        requests += 1;
        return t.client.send(command);
      },
    });
    const counted = makeApi({ client, tables: t.tables });
    const ask = async (later_ms: number) => {
      counted.now = api.now += later_ms;
      requests = 0;
      const { items } = await counted.data(
        'Query.allPaths',
        {},
        { selection: ['items', 'items/id', 'items/metrics'] },
      );
      expect(items).toHaveLength(6);
      return requests;
    };
    counted.now = api.now;
    const cold = await ask(0);
    // Data that was read just after the generation was seen may lack a part of a transaction.
    expect(await ask(400)).toBe(cold);
    // The caller's budget, the decisions' generation and the running deletions.
    expect(await ask(400)).toBe(3);
    // And the measurements: one batch.
    expect(await ask(6000)).toBe(4);
    // A hold ends by itself.
    expect(await ask(31_000)).toBe(cold);
  });

  it('has the traffic of each path, as counted by the edge at either end', async () => {
    await registerEdge(context, actor, { id: 'edge-A', site_id: sites[0]! });
    await registerEdge(context, actor, { id: 'edge-B', site_id: sites[1]! });
    const report = async (edge: 'A' | 'B', minute: number, seq: number) => {
      api.now = T0 + minute * MINUTE;
      const measured_at = new Date(api.now).toISOString();
      const figures = { latency_ms: 10, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 100, measured_at };
      const [path_id, site_id] = edge === 'A' ? [paths[0]!, sites[0]!] : [paths[1]!, sites[1]!];
      // 1,000 bytes a second out, 250 in.
      const [tx_bytes, rx_bytes] = [BigInt(minute) * 60_000n, BigInt(minute) * 15_000n];
      const path = { path_id, ...figures, tx_packets: 1n, tx_bytes, rx_packets: 1n, rx_bytes };
      const sent = { edge_id: `edge-${edge}`, site_id, seq, sent_ms: minute * MINUTE, paths: [path] };
      expect(await ingest([reportRecord(sent, { arrived_ms: minute * MINUTE })], ingestContext(t))).toEqual(
        [],
      );
      const told_by = { edge_id: `edge-${edge}`, part: 0 };
      await writePathMetrics(context, { path_id, metrics: figures, told_by });
    };
    for (const [seq, minute] of [1, 2, 3, 4].entries()) {
      await report('A', minute, seq);
      await report('B', minute, seq);
      await snapshotAt(t, T0 + minute * MINUTE + 5000, ['edge-A', 'edge-B']);
    }
    api.now += 30_000;
    const { items } = await api.data('Query.allPaths', { order_by: 'TRAFFIC', limit: 2 });
    expect(idsOf({ items })).toEqual([paths[0], paths[1]].sort());
    const [byA, byB] = [0, 1].map(
      index => items.find(({ id }: { id: string }) => id === paths[index]).traffic,
    );
    expect(byA).toMatchObject({
      tx_bytes_exact: '240000',
      rx_bytes_exact: '60000',
      tx_bits_per_second: 8000,
      rx_bits_per_second: 2000,
    });
    // Edge B is at the path's destination: it receives the source's traffic.
    expect(byB).toMatchObject({
      tx_bytes_exact: '60000',
      rx_bytes_exact: '240000',
      tx_bits_per_second: 2000,
      rx_bits_per_second: 8000,
    });
    const { pairs } = await api.data('Query.pathMatrix', {}, { selection: ['pairs', 'pairs/rate'] });
    expect(pairs.map(({ rate }: { rate: number | null }) => rate).filter(Boolean)).toEqual([20_000]);
    // The traffic of a silent edge is unknown, which is not zero.
    api.now += 6 * MINUTE;
    const later = await api.data('Query.allPaths', { site_id: sites[0]! });
    expect(later.items.find(({ id }: { id: string }) => id === paths[0]).traffic).toMatchObject({
      tx_bytes_exact: '240000',
      tx_bits_per_second: null,
      from: null,
    });
  });

  it('returns one by its id, with those between the same two sites', async () => {
    for (const path of paths) await measure(path);
    await measure(paths[3]!, { packet_loss_pct: 30 });
    const { items, total, by_status } = await api.data('Query.allPaths', { beside: paths[2] });
    expect(items.map(({ id }: { id: string }) => id)).toEqual([paths[3], paths[2]]);
    expect([total, by_status]).toEqual([
      2,
      [
        { status: 'FAILED', count: 1 },
        { status: 'OPTIMAL', count: 1 },
      ],
    ]);
    const whole = await api.data('Query.allPaths', { site_id: sites[0] });
    expect(items[1]).toEqual(whole.items.find(({ id }: { id: string }) => id === paths[2]));
  });

  it('rejects invalid arguments with a message', async () => {
    const message = async (args: object) => {
      const answer = await api.call('Query.allPaths', args);
      return 'error' in answer ? `${answer.error.type}: ${answer.error.message}` : 'no error';
    };
    expect(await message({ limit: 1001 })).toBe(
      'ValidationError: limit must be a whole number from 1 to 1000.',
    );
    expect(await message({ status: 'BROKEN' })).toBe(
      'ValidationError: status must be OPTIMAL, DEGRADED, FAILED, UNKNOWN or OUT.',
    );
    expect(await message({ site_id: NOWHERE })).toBe(
      `NotFound: There is no site "${NOWHERE}": the query sites lists those that exist.`,
    );
    expect(await message({ beside: 'p-none' })).toBe(
      `NotFound: There is no path "p-none": the query paths lists a site's paths.`,
    );
    expect(await message({ beside: paths[0], site_id: sites[0] })).toBe(
      'ValidationError: beside and site_id cannot be combined: leave one of them out.',
    );
    expect(await message({ left_by: 'p-none' })).toBe(
      'NotFound: There is no policy "p-none": the query policies lists those that exist.',
    );
    expect(await message({ policy_id: 'p-none' })).toBe(
      'NotFound: There is no policy "p-none": the query policies lists those that exist.',
    );
  });
});

describe('the matrix of sites', () => {
  it('has each pair of sites once, with its worst path in either direction', async () => {
    for (const path of paths) await measure(path);
    await measure(paths[1]!, { packet_loss_pct: 30 });
    const { pairs, total, next_token, sites: named } = await api.data('Query.pathMatrix');
    expect({ total, next_token }).toEqual({ total: 3, next_token: null });
    expect(named.map(({ name }: { name: string }) => name).sort()).toEqual(['A', 'B', 'C']);
    const names = pairs.map(({ source_site_id: a, destination_site_id: b }: Record<string, string>) => [
      a,
      b,
    ]);
    const due = [
      [0, 1],
      [0, 2],
      [1, 2],
    ]
      .map(pair => pair.map(index => sites[index!]!).sort())
      .sort();
    expect(names).toEqual(due);
    const ofFailed = [sites[0]!, sites[1]!].sort();
    for (const [index, pair] of pairs.entries()) {
      const failed = String(names[index]) === String(ofFailed);
      expect(pair).toMatchObject({ worst_status: failed ? 'FAILED' : 'OPTIMAL', paths: 2, rate: null });
    }
  });

  it('comes in pages', async () => {
    const first = await api.data('Query.pathMatrix', { limit: 2 });
    const second = await api.data('Query.pathMatrix', { limit: 2, next_token: first.next_token });
    const whole = await api.data('Query.pathMatrix');
    expect([...first.pairs, ...second.pairs]).toEqual(whole.pairs);
    expect(second.next_token).toBeNull();
  });
});

describe("the summary of a site's paths", () => {
  it('counts them, with their worst status', async () => {
    for (const path of paths) await measure(path);
    await measure(paths[5]!, { packet_loss_pct: 3 });
    const lonely = await createSite(context, actor, { name: 'D' });
    const { items } = await api.data('Query.sites');
    const inShort = (id: string) => {
      // biome-ignore lint/suspicious/noExplicitAny: looks into answers as a client does
      const { path_count, worst_status } = items.find((site: any) => site.id === id);
      return { path_count, worst_status };
    };
    expect(inShort(sites[0]!)).toEqual({ path_count: 4, worst_status: 'OPTIMAL' });
    expect(inShort(sites[2]!)).toEqual({ path_count: 4, worst_status: 'DEGRADED' });
    expect(inShort(lonely.id)).toEqual({ path_count: 0, worst_status: null });
    expect(await api.data('Query.site', { id: sites[2] })).toMatchObject({
      path_count: 4,
      worst_status: 'DEGRADED',
    });
  });
});
