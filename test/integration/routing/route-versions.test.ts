import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRouteVersion } from '../../../core/commands/route-versions.ts';
import { policyRoutingSchema, setPolicyRouting } from '../../../core/routing/decisions/policy-routing.ts';
import { failOverPath } from '../../../core/routing/failover/fail-over-path.ts';
import { judgePath } from '../../../core/routing/failover/judge-path.ts';
import { readMetricsWithLane } from '../../../core/routing/metrics/path-metrics-store.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import { actor, measured, routingWorld } from '../../support/routing-world.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;

let db: TestTables;
beforeAll(async () => {
  db = await createTables();
});
afterAll(() => db.drop());

/**
 * Two paths, with all policies on the one with lower latency; `versions` are those of both sites.
 */
async function world() {
  const one = await routingWorld(db);
  const { time, context, monitor, fast, slow, a, b } = one;
  const routing = policyRoutingSchema.parse({ preference: { kind: 'LOWEST_LATENCY' } });
  await setPolicyRouting(context, actor, { policy_id: 'default', routing });
  return {
    ...one,
    async measure(fast_ms: number, slow_ms: number): Promise<void> {
      await time.advance(MINUTE);
      for (const [path, latency] of [
        [fast, fast_ms],
        [slow, slow_ms],
      ] as const) {
        await monitor.observe(context, [measured(time, path, latency)]);
      }
    },
    versions: async () => Promise.all([a.id, b.id].map(id => readRouteVersion(context, id))),
  };
}

describe('the route versions of both sites', () => {
  it('are published when a measurement moves a policy to another path, and not before', async () => {
    const { measure, versions } = await world();
    await measure(20, 60);
    const known = await versions();
    await measure(22, 58);
    await measure(40, 59);
    expect(await versions()).toEqual(known);
    await measure(75, 59);
    const [a, b] = await versions();
    expect([a! > known[0]!, b! > known[1]!]).toEqual([true, true]);
    await measure(75, 60);
    expect(await versions()).toEqual([a, b]);
  });

  it('are published by a measurement that the cache does not have yet', async () => {
    const { measure, versions, time, context, caches, fast } = await world();
    await measure(20, 60);
    const known = await versions();
    await time.advance(MINUTE);
    const from = (await readMetricsWithLane(context, fast))!;
    const metrics = { ...from, latency_ms: 75, measured_at: timestamp(time.clock()) };
    await judgePath(context, caches, {
      path_id: fast,
      metrics,
      previous: from,
      moved: { from },
      job: 'test',
    });
    expect(await versions()).toEqual(known.map(version => version + 1));
  });

  it('are not published for a steady path that is stored every ten minutes', async () => {
    const { measure, versions } = await world();
    await measure(20, 60);
    const known = await versions();
    for (let minute = 0; minute < 25; minute++) await measure(20, 60);
    expect(await versions()).toEqual(known);
  });

  it('are published when a withdrawal ends, which has no audit entry', async () => {
    const { measure, versions, time, context, caches, fast, done } = await world();
    await measure(20, 60);
    const terms = { until_ms: time.clock() + 10 * MINUTE };
    await failOverPath(context, caches, { path_id: fast, actor, terms });
    const known = await versions();
    // The link is unplugged in the meantime, so no measurement can return the path to service.
    await time.advance(11 * MINUTE);
    await measure(20, 60);
    expect(await versions()).toEqual(known.map(version => version + 1));
    expect(done).toEqual([]);
  });
});
