import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../../core/access/caller.ts';
import { USAGE_KEY } from '../../../../core/cache/shared/table-keys.ts';
import { createPath } from '../../../../core/inventory/paths/create-path.ts';
import { addEndpoint } from '../../../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../../../core/inventory/sites/create-site.ts';
import { cachedDecision } from '../../../../core/routing/decisions/cached-decision.ts';
import { writePathMetrics } from '../../../../core/routing/metrics/path-metrics-store.ts';
import { updateItem } from '../../../../core/storage/item-update.ts';
import type { StoreContext } from '../../../../core/storage/store-context.ts';
import { makeProductCaches } from '../../../../functions/product-caches.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const actor = systemCaller('test');
const NOWHERE = '550e8400-e29b-41d4-a716-446655440000';

let t: TestTables;
let api: ApiUnderTest;
beforeAll(async () => {
  t = await createTables();
});
beforeEach(() => {
  api = makeApi(t);
});
afterAll(() => t.drop());

async function twoSites() {
  const context: StoreContext = storeContext(t, () => api.now);
  const [a, b] = [
    await createSite(context, actor, { name: 'A' }),
    await createSite(context, actor, { name: 'B' }),
  ];
  const paths: string[] = [];
  for (const endpoint_id of ['wan1', 'wan2']) {
    for (const site_id of [a.id, b.id]) {
      await addEndpoint(context, actor, {
        site_id,
        endpoint_id,
        address: `${endpoint_id}.example.com`,
        interface_type: 'FIBER',
      });
    }
    const path = await createPath(context, actor, {
      source_site_id: a.id,
      source_endpoint_id: endpoint_id,
      destination_site_id: b.id,
      destination_endpoint_id: endpoint_id,
    });
    paths.push(path.id);
    await writePathMetrics(context, {
      path_id: path.id,
      metrics: {
        latency_ms: 10 * paths.length,
        jitter_ms: 1,
        packet_loss_pct: 0,
        bandwidth_mbps: 100 * paths.length,
        measured_at: new Date(api.now - 30_000).toISOString(),
      },
    });
  }
  const sites = { source_site_id: a.id, destination_site_id: b.id };
  return { sites, fast: paths[0]!, slow: paths[1]! };
}

describe('routing over GraphQL', () => {
  it('decides, fails over with a receipt, and decides again', async () => {
    const { sites, fast, slow } = await twoSites();
    const viewer = { identity: personIn('viewer') };
    expect(await api.data('Query.routingDecision', { policy_id: 'default', ...sites }, viewer)).toEqual({
      selected_path_id: fast,
      reason: `Path ${fast} has the lowest latency, 10 ms: 10 ms less than the runner-up ${slow} (20 ms).`,
      timestamp: '2026-03-15T12:00:00.000Z',
    });
    expect(
      await api.data('Mutation.failoverPath', { path_id: fast }, { identity: personIn('operator') }),
    ).toEqual({
      success: true,
      message: `Path ${fast} is out of use until it has been good for long enough; 1 policy uses another path.`,
      audit_id: expect.any(String),
      path_id: fast,
      samples: [
        {
          latency_ms: 10,
          jitter_ms: 1,
          packet_loss_pct: 0,
          bandwidth_mbps: 100,
          score: expect.closeTo(99.82, 2),
          settled_score: expect.closeTo(99.82, 2),
          measured_at: '2026-03-15T11:59:30.000Z',
        },
      ],
      moved: [
        {
          policy_id: 'default',
          old_path_id: fast,
          new_path_id: slow,
          reason: `Path ${slow} is the only one that can be used; 1 path is out of use.`,
        },
      ],
      without_path: [],
      flows_moved: 0,
      bytes_moved: null,
      bytes_moved_exact: null,
      moved_since: null,
      bytes_carried: 0,
      bytes_carried_exact: '0',
    });
    // At once in the function that did it.
    expect(await api.data('Query.routingDecision', { policy_id: 'default', ...sites })).toMatchObject({
      selected_path_id: slow,
    });
    expect((await api.data('Mutation.failoverPath', { path_id: slow })).message).toBe(
      `Path ${slow} is out of use until it has been good for long enough. No path is left between these sites: policy default has none. Restore or add another path, or repair this one.`,
    );
    expect(api.failovers).toEqual(['failoverPath without path: none', 'failoverPath without path: default']);
  });

  it('takes a path out of service for maintenance, shows it, and restores it', async () => {
    const { sites, fast, slow } = await twoSites();
    const shown = async () => {
      const { items } = await api.data('Query.paths', { site_id: sites.source_site_id });
      const { status, out_for, maintenance } = items.find(({ id }: { id: string }) => id === fast);
      return { status, out_for, maintenance };
    };
    const until = '2026-03-15T14:00:00.000Z';
    const since = '2026-03-15T12:00:00.000Z';
    expect((await api.data('Mutation.failoverPath', { path_id: fast, until })).message).toBe(
      `Path ${fast} is out of use until ${until} at least; 1 policy uses another path.`,
    );
    expect(await shown()).toEqual({ status: 'OUT', out_for: ['*'], maintenance: { since, until } });
    expect((await api.data('Mutation.failoverPath', { path_id: fast, until_restored: true })).message).toBe(
      `Path ${fast} is out of use until restorePath; no policy was using it.`,
    );
    expect(await shown()).toEqual({ status: 'OUT', out_for: ['*'], maintenance: { since, until: null } });
    const restored = await api.data(
      'Mutation.restorePath',
      { path_id: fast },
      { identity: personIn('operator') },
    );
    expect(restored).toMatchObject({
      success: true,
      message: `Path ${fast} is in use again; 1 policy uses another path.`,
      path_id: fast,
      moved: [{ policy_id: 'default', old_path_id: slow, new_path_id: fast }],
      without_path: [],
    });
    expect(await shown()).toEqual({ status: 'OPTIMAL', out_for: [], maintenance: null });
    expect(await api.call('Mutation.restorePath', { path_id: fast })).toEqual({
      error: {
        type: 'Conflict',
        message: `Path ${fast} is in use: no policy has left it, so there is nothing to restore.`,
      },
    });
    expect(
      await api.call('Mutation.restorePath', { path_id: fast }, { identity: personIn('viewer') }),
    ).toMatchObject({ error: { type: 'Unauthorized' } });
  });

  it('shows and changes the routing of a policy', async () => {
    const defaults = {
      policy_id: 'default',
      preference: 'LOWEST_LATENCY',
      weights: null,
      failover_below: 50,
      failback_above: 80,
      failback_hold_seconds: 60,
      updated_at: null as string | null,
    };
    expect(await api.data('Query.policyRouting', { policy_id: 'default' })).toEqual(defaults);
    const updated_at = '2026-03-15T12:00:00.000Z';
    const changed = {
      ...defaults,
      updated_at,
      preference: 'CUSTOM',
      weights: { latency: 1, jitter: 0, loss: 2, bandwidth: 0, cost: 0 },
      failover_below: 40,
    };
    expect(
      await api.data('Mutation.setPolicyRouting', {
        policy_id: 'default',
        preference: 'CUSTOM',
        weights: { latency: 1, loss: 2 },
        failover_below: 40,
      }),
    ).toEqual(changed);
    expect(await api.data('Query.policyRouting', { policy_id: 'default' })).toEqual(changed);
    expect(await api.data('Mutation.setPolicyRouting', { policy_id: 'default' })).toEqual({
      ...defaults,
      updated_at,
    });
  });

  const refused: [string, string, object, string, string][] = [
    [
      'Query.routingDecision',
      'a site that is no UUID',
      { policy_id: 'default', source_site_id: 'A', destination_site_id: NOWHERE },
      'ValidationError',
      'source_site_id must be the UUID of a site.',
    ],
    [
      'Query.routingDecision',
      'one site with itself',
      { policy_id: 'default', source_site_id: NOWHERE, destination_site_id: NOWHERE },
      'ValidationError',
      'Paths lead from one site to another: source_site_id and destination_site_id must differ.',
    ],
    [
      'Query.routingDecision',
      'a policy id that none can have',
      { policy_id: 'x'.repeat(129), source_site_id: NOWHERE, destination_site_id: NOWHERE.replace('5', '6') },
      'ValidationError',
      'policy_id must have 1 to 128 characters.',
    ],
    [
      'Query.policyRouting',
      'an unknown policy',
      { policy_id: '77' },
      'NotFound',
      'There is no policy "77": the query policies lists those that exist.',
    ],
    [
      'Mutation.setPolicyRouting',
      'weights that are all zero',
      { policy_id: 'default', preference: 'CUSTOM', weights: { latency: 0 } },
      'ValidationError',
      'weights must have at least one weight above 0.',
    ],
    [
      'Mutation.setPolicyRouting',
      'a negative weight',
      { policy_id: 'default', preference: 'CUSTOM', weights: { latency: -1, loss: 1 } },
      'ValidationError',
      'weights.latency must be a number from 0 to 1000000.',
    ],
    [
      'Mutation.setPolicyRouting',
      'CUSTOM without weights',
      { policy_id: 'default', preference: 'CUSTOM' },
      'ValidationError',
      'weights are required for the preference CUSTOM, and not allowed for any other.',
    ],
    [
      'Mutation.setPolicyRouting',
      'thresholds the wrong way round',
      { policy_id: 'default', failover_below: 90, failback_above: 80 },
      'ValidationError',
      'failback_above must not be below failover_below.',
    ],
    [
      'Mutation.setPolicyRouting',
      'a score over 100',
      { policy_id: 'default', failback_above: 101 },
      'ValidationError',
      'failback_above must be a health score from 0 to 100.',
    ],
    [
      'Mutation.failoverPath',
      'a maintenance that is over',
      { path_id: 'p-1', until: '2026-03-15T12:00:00Z' },
      'ValidationError',
      'until must be a time in the next 366 days: use until_restored for maintenance without a planned end.',
    ],
    [
      'Mutation.failoverPath',
      'a maintenance of more than a year',
      { path_id: 'p-1', until: '2027-03-17T12:00:00Z' },
      'ValidationError',
      'until must be a time in the next 366 days: use until_restored for maintenance without a planned end.',
    ],
    [
      'Mutation.failoverPath',
      'a maintenance with two ends',
      { path_id: 'p-1', until: '2026-03-16T12:00:00Z', until_restored: true },
      'ValidationError',
      'Give until or until_restored, not both: a path stays out until a time, or until restorePath.',
    ],
    [
      'Mutation.restorePath',
      'an unknown path',
      { path_id: 'p-1' },
      'NotFound',
      `There is no path "p-1": the query paths lists a site's paths.`,
    ],
    [
      'Mutation.failoverPath',
      'an unknown path',
      { path_id: 'p-1' },
      'NotFound',
      `There is no path "p-1": the query paths lists a site's paths.`,
    ],
  ];

  it.each(refused)('%s rejects %s', async (operation, _what, args, type, message) => {
    expect(await api.call(operation, args)).toEqual({ error: { type, message } });
  });
});

describe('clearCache', () => {
  it('leaves no decision of another container from earlier metrics', async () => {
    const { sites, fast, slow } = await twoSites();
    const key = { policy_id: 'default', ...sites };
    const clock = () => api.now;
    const other = makeProductCaches({
      client: t.client,
      table: t.tables.cache,
      clock,
      schedule: () => () => {},
    });
    const context: StoreContext = storeContext(t, clock);
    expect((await cachedDecision(context, other, key)).selected_path_id).toBe(fast);
    await writePathMetrics(context, { path_id: slow, metrics: measuredNow(1) });
    // It has just checked the clears of the metrics, and those of the decisions a while ago.
    api.now += 900;
    await other.metrics.get(fast);
    api.now += 50;
    await api.data('Mutation.clearCache');
    api.now += 10;
    await cachedDecision(context, other, key);
    api.now += 1000;
    expect((await cachedDecision(context, other, key)).selected_path_id).toBe(slow);
  });
});

function measuredNow(latency_ms: number) {
  const measured_at = new Date(api.now).toISOString();
  return { latency_ms, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 100, measured_at };
}

/** As a container does when it ends. */
async function leaveHotKeys(routing_hot: string[]): Promise<void> {
  const update = updateItem({ table: t.tables.cache, key: USAGE_KEY, set: { routing_hot } });
  await t.client.send(new UpdateCommand(update));
}

describe('warmCaches', () => {
  it('decides the latest questions again, is audited, and skips deleted objects', async () => {
    const { sites } = await twoSites();
    const key = { policy_id: 'default', ...sites };
    await api.data('Query.routingDecision', key);
    const [source, destination] = Object.values(sites);
    const hot = [
      ['default', source, destination],
      ['gone', source, destination],
    ].map(each => JSON.stringify(each));
    await leaveHotKeys([...hot, 'no key']);
    await api.data('Mutation.clearCache');
    api.now += 1000;
    expect(await api.data('Mutation.warmCaches', {}, { identity: personIn('operator') })).toEqual({
      success: true,
      message: 'The caches hold 1 of the 3 decisions that were requested most recently.',
      warmed: 1,
      audit_id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    });
    const [, routing] = await api.data('Query.cacheStats', {});
    expect(routing).toMatchObject({ name: 'routing', active: 1 });
    const { items } = await api.data('Query.auditLog', { action: 'warmCaches' });
    expect(items).toMatchObject([{ outcome: 'DONE', target: 'cache' }]);
  });

  it('does nothing without earlier questions', async () => {
    await leaveHotKeys([]);
    expect(await api.data('Mutation.warmCaches')).toMatchObject({
      message: 'There were no requests for decisions yet, so there is nothing to warm the caches with.',
      warmed: 0,
    });
  });
});
