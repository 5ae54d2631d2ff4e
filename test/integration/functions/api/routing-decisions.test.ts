import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../../core/access/caller.ts';
import { createPath } from '../../../../core/inventory/paths/create-path.ts';
import { addEndpoint } from '../../../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../../../core/inventory/sites/create-site.ts';
import { writePathMetrics } from '../../../../core/routing/metrics/path-metrics-store.ts';
import type { StoreContext } from '../../../../core/storage/store-context.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { T0 } from '../../../support/report-records.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const actor = systemCaller('test');
const NOWHERE = '550e8400-e29b-41d4-a716-446655440000';

let t: TestTables;
let api: ApiUnderTest;
let context: StoreContext;
let ends: { source_site_id: string; destination_site_id: string };
/** Fast, slow, degraded. */
let paths: string[];

beforeAll(async () => {
  t = await createTables();
  api = makeApi(t);
  api.now = T0;
  context = storeContext(t, () => api.now);
  const [a, b] = [
    await createSite(context, actor, { name: 'A' }),
    await createSite(context, actor, { name: 'B' }),
  ];
  ends = { source_site_id: a.id, destination_site_id: b.id };
  paths = [];
  for (const [index, packet_loss_pct] of [0, 0, 3].entries()) {
    const endpoint_id = `wan${index + 1}`;
    const wan = {
      endpoint_id,
      address: `${endpoint_id}.example.com`,
      interface_type: 'FIBER',
      cost_per_gb: index,
    };
    for (const site_id of [a.id, b.id]) await addEndpoint(context, actor, { site_id, ...wan });
    const endpoints = { source_endpoint_id: endpoint_id, destination_endpoint_id: endpoint_id };
    const { id } = await createPath(context, actor, { ...ends, ...endpoints });
    paths.push(id);
    const measured_at = new Date(api.now - 1000).toISOString();
    const metrics = {
      latency_ms: 10 * (index + 1),
      jitter_ms: 1,
      packet_loss_pct,
      bandwidth_mbps: 100,
      measured_at,
    };
    await writePathMetrics(context, { path_id: id, metrics });
  }
});
afterAll(() => t.drop());

// biome-ignore lint/suspicious/noExplicitAny: looks into answers as a client does
type Decision = any;

const decisionOf = async (args: object = {}): Promise<Decision> => {
  const { decisions } = await api.data(
    'Query.routingDecisions',
    { ...ends, ...args },
    { identity: personIn('viewer') },
  );
  return decisions[0];
};

describe('the explanation of a routing decision', () => {
  it('names every candidate with the compared value, its margin, and the reason for any exclusion', async () => {
    const decision = await decisionOf();
    expect(decision).toMatchObject({
      policy_id: 'default',
      policy_name: 'Default',
      selected_path_id: paths[0],
      preference: 'LOWEST_LATENCY',
      weights: null,
      reason: `Path ${paths[0]} has the lowest latency, 10 ms: 10 ms less than the runner-up ${paths[1]} (20 ms).`,
    });
    expect(decision.candidates).toMatchObject([
      { path_id: paths[0], class: 'OPTIMAL', value: 10, margin: 0, excluded: null, rank: 1, cost_per_gb: 0 },
      { path_id: paths[1], class: 'OPTIMAL', value: 20, margin: 10, excluded: null, rank: 2, cost_per_gb: 2 },
      {
        path_id: paths[2],
        class: 'DEGRADED',
        value: 30,
        margin: null,
        excluded: 'It is degraded, and another path is optimal.',
        rank: 3,
        components: { latency: 85, jitter: 98, loss: 97, bandwidth: 10, cost: 0 },
      },
    ]);
  });

  it('compares the figure of the preference, in its unit', async () => {
    const choose = (choice: object) =>
      api.data('Mutation.setPolicyRouting', { policy_id: 'default', ...choice });
    await choose({ preference: 'HIGHEST_BANDWIDTH' });
    expect((await decisionOf()).candidates[1]).toMatchObject({ value: 100, margin: 0 });
    await choose({ preference: 'CUSTOM', weights: { latency: 1, cost: 1 } });
    const { weights, candidates } = await decisionOf();
    expect(weights).toEqual({ latency: 1, jitter: 0, loss: 0, bandwidth: 0, cost: 1 });
    expect(candidates[0]).toMatchObject({ path_id: paths[0], value: 97.5, margin: 0 });
    expect(candidates[1]).toMatchObject({ path_id: paths[1], value: 45, margin: 52.5 });
    await choose({ preference: 'LOWEST_LATENCY' });
  });

  it('explains a failover, before and after it, and the failback', async () => {
    api.now += 1000;
    const before = new Date(api.now).toISOString();
    api.now += 1000;
    const failed = await api.data('Mutation.failoverPath', { path_id: paths[0], until_restored: true });
    expect(failed.moved).toMatchObject([
      { policy_id: 'default', old_path_id: paths[0], new_path_id: paths[1] },
    ]);
    api.now += 1000;
    const now = await decisionOf();
    expect(now.selected_path_id).toBe(paths[1]);
    expect(now.candidates.at(-1)).toMatchObject({
      path_id: paths[0],
      class: 'OUT',
      excluded: `An operator took it out of use at ${new Date(api.now - 1000).toISOString()}, until restorePath.`,
      rank: null,
    });
    // Only the failover distinguishes the two instants: no minute was measured.
    const then = await decisionOf({ at: before });
    expect(then.candidates.map(({ class: its }: Decision) => its)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
    await api.data('Mutation.restorePath', { path_id: paths[0] });
    api.now += 1000;
    expect((await decisionOf()).selected_path_id).toBe(paths[0]);
  });

  it('comes in pages of policies', async () => {
    for (const name of ['a', 'b', 'c']) {
      await api.data('Mutation.createPolicy', { name, priority: 1 });
    }
    const whole = await api.data('Query.routingDecisions', ends);
    expect(whole.decisions).toHaveLength(4);
    const first = await api.data('Query.routingDecisions', { ...ends, limit: 3 });
    const second = await api.data('Query.routingDecisions', {
      ...ends,
      limit: 3,
      next_token: first.next_token,
    });
    expect([...first.decisions, ...second.decisions]).toEqual(whole.decisions);
    expect(second.next_token).toBeNull();
  });

  it('rejects invalid pairs of sites with a message', async () => {
    const message = async (args: object) => {
      const answer = await api.call('Query.routingDecisions', { ...ends, ...args });
      return 'error' in answer ? `${answer.error.type}: ${answer.error.message}` : 'no error';
    };
    const at = (ms: number) => new Date(api.now + ms).toISOString();
    expect(await message({ at: at(120_000) })).toBe(
      'ValidationError: at must not be in the future: leave it out for the present decisions.',
    );
    expect(await message({ at: at(-49 * 3_600_000) })).toBe(
      `ValidationError: Measurements are kept for 48 hours: at must not be before ${at(-48 * 3_600_000)}.`,
    );
    expect(await message({ at: 'yesterday' })).toBe(
      'ValidationError: at must be a time such as 2026-01-31T12:00:00Z.',
    );
    expect(await message({ destination_site_id: ends.source_site_id })).toBe(
      'ValidationError: Paths lead from one site to another: source_site_id and destination_site_id must differ.',
    );
    expect(await message({ destination_site_id: NOWHERE })).toBe(
      `NotFound: There is no site "${NOWHERE}": the query sites lists those that exist.`,
    );
    expect(await message({ destination_site_id: NOWHERE, at: at(-1000) })).toBe(
      `NotFound: There is no site "${NOWHERE}": the query sites lists those that exist.`,
    );
    expect(await message({ at: new Date(T0 - 60_000).toISOString() })).toBe(
      `NotFound: Site ${ends.source_site_id} did not exist at ${new Date(T0 - 60_000).toISOString()}.`,
    );
  });
});
