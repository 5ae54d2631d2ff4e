import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../core/access/caller.ts';
import { acknowledgeCommand, readCommands } from '../../../core/commands/command-store.ts';
import { Conflict, NotFound } from '../../../core/errors.ts';
import { eventOf } from '../../../core/events/broadcast-event.ts';
import { registerEdge, retireEdge } from '../../../core/inventory/edges/change-edges.ts';
import { createSite } from '../../../core/inventory/sites/create-site.ts';
import { cachedDecision } from '../../../core/routing/decisions/cached-decision.ts';
import { policyRoutingSchema, setPolicyRouting } from '../../../core/routing/decisions/policy-routing.ts';
import { failOverPath } from '../../../core/routing/failover/fail-over-path.ts';
import { readMetricsWithLane } from '../../../core/routing/metrics/path-metrics-store.ts';
import { recentMetrics } from '../../../core/routing/metrics/recent-metrics.ts';
import { metricsKey } from '../../../core/routing/path-keys.ts';
import { auditEntries } from '../../support/audit-entries.ts';
import type { FakeTime } from '../../support/fake-time.ts';
import { edgeAtSource, measuringReports } from '../../support/measuring-reports.ts';
import { orderAllRoutes } from '../../support/order-routes.ts';
import { actor, measured, routingFunction, routingWorld } from '../../support/routing-world.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

/** Score of a path with a round trip of 10 ms and 1 ms of jitter. */
const GOOD = expect.closeTo(99.82, 2);

let db: TestTables;
beforeAll(async () => {
  db = await createTables();
});
afterAll(() => db.drop());

const makeFunction = (time: FakeTime) => routingFunction(db, time);
const set = () => routingWorld(db);

async function auditOf(target: string) {
  return (await auditEntries(db)).filter(item => item.target === target);
}

describe('routing decisions', () => {
  it('use the measurements of edges, are the same in both directions, and come from the cache for 30 s', async () => {
    const { time, context, caches, monitor, key, fast, slow, troubles } = await set();
    await monitor.observe(context, [measured(time, fast, 10), measured(time, slow, 40)]);
    const decision = {
      selected_path_id: fast,
      reason: `Path ${fast} has the lowest latency, 10 ms: 30 ms less than the runner-up ${slow} (40 ms).`,
      timestamp: '2026-01-31T12:00:00.000Z',
    };
    expect(await cachedDecision(context, caches, key)).toEqual(decision);
    const back = { ...key, source_site_id: key.destination_site_id, destination_site_id: key.source_site_id };
    expect(await cachedDecision(context, caches, back)).toEqual(decision);
    await time.advance(29_999);
    await monitor.observe(context, [measured(time, slow, 5)]);
    expect((await cachedDecision(context, caches, key)).selected_path_id).toBe(fast);
    await time.advance(1);
    expect((await cachedDecision(context, caches, key)).selected_path_id).toBe(slow);
    expect(troubles).toEqual([]);
  });

  it('do not read an unmeasured path again for ten seconds, but see new measurements', async () => {
    const { time, context, caches, monitor, fast } = await set();
    const recent = () => recentMetrics(context, caches.metrics, fast);
    expect(await recent()).toBeUndefined();
    const put = new PutCommand({
      TableName: db.tables.traffic,
      Item: {
        ...metricsKey(fast),
        ...{ latency_ms: 7, jitter_ms: 0, packet_loss_pct: 0, bandwidth_mbps: 1 },
        measured_at: '2026-01-31T12:00:00.000Z',
        measured_ms: time.clock(),
      },
    });
    await context.client.send(put);
    await time.advance(9999);
    expect(await recent()).toBeUndefined();
    await time.advance(1);
    expect(await recent()).toMatchObject({ latency_ms: 7 });
    await monitor.observe(context, [measured(time, fast, 10)]);
    expect(await recent()).toMatchObject({ latency_ms: 10 });
  });

  it('see a first measurement by the same function at once', async () => {
    const { time, context, caches, monitor, fast } = await set();
    expect(await recentMetrics(context, caches.metrics, fast)).toBeUndefined();
    await monitor.observe(context, [measured(time, fast, 10)]);
    expect(await recentMetrics(context, caches.metrics, fast)).toMatchObject({ latency_ms: 10 });
  });

  it('follow a changed preference at once', async () => {
    const { time, context, caches, monitor, key, fast, slow } = await set();
    await monitor.observe(context, [
      { ...measured(time, fast, 10), bandwidth_mbps: 10 },
      { ...measured(time, slow, 40), bandwidth_mbps: 1000 },
    ]);
    expect((await cachedDecision(context, caches, key)).selected_path_id).toBe(fast);
    const routing = policyRoutingSchema.parse({ preference: { kind: 'HIGHEST_BANDWIDTH' } });
    await setPolicyRouting(context, actor, { policy_id: 'default', routing });
    await time.advance(1000);
    expect((await cachedDecision(context, caches, key)).selected_path_id).toBe(slow);
    await setPolicyRouting(context, actor, {
      policy_id: 'default',
      routing: policyRoutingSchema.parse({}),
    });
  });

  it('reject unknown policies and sites', async () => {
    const { context, caches, key } = await set();
    await expect(cachedDecision(context, caches, { ...key, policy_id: '99' })).rejects.toThrow(
      new NotFound('There is no policy "99": the query policies lists those that exist.'),
    );
    const nowhere = '550e8400-e29b-41d4-a716-446655440000';
    await expect(cachedDecision(context, caches, { ...key, destination_site_id: nowhere })).rejects.toThrow(
      new NotFound(`There is no site "${nowhere}": the query sites lists those that exist.`),
    );
  });
});

describe('failoverPath', () => {
  it('takes the path out everywhere within a second, informs the edges, and writes a receipt to the audit log', async () => {
    const { time, context, caches, monitor, a, b, edges, key, fast, slow } = await set();
    const other = makeFunction(time);
    await monitor.observe(context, [measured(time, fast, 10), measured(time, slow, 40)]);
    expect((await cachedDecision(other.context, other.caches, key)).selected_path_id).toBe(fast);
    const { receipt, audit_id } = await failOverPath(context, caches, { path_id: fast, actor });
    const moved = [
      {
        policy_id: 'default',
        old_path_id: fast,
        new_path_id: slow,
        reason: `Path ${slow} is the only one that can be used; 1 path is out of use.`,
      },
    ];
    expect(receipt).toMatchObject({
      path_id: fast,
      source_site_id: a.id,
      destination_site_id: b.id,
      samples: [{ latency_ms: 10, score: GOOD, settled_score: GOOD }],
      moved,
      without_path: [],
      flows_moved: 0,
      bytes_moved: null,
      moved_since: null,
      bytes_carried: '0',
    });
    await time.advance(1000);
    expect((await cachedDecision(other.context, other.caches, key)).selected_path_id).toBe(slow);
    // Traffic moves by orders that follow from the entry, which the transaction contains.
    expect(await readCommands(context, edges[0])).toEqual([]);
    await orderAllRoutes(context);
    const [atA] = await readCommands(context, edges[0]);
    expect(atA).toMatchObject({
      type: 'ROUTES',
      edge_id: edges[0],
      data: { destination_site_id: b.id, routes: [{ policy_id: 'default', path_id: slow }] },
    });
    expect((await readCommands(context, edges[1]))[0]).toMatchObject({
      data: { destination_site_id: a.id, routes: [{ policy_id: 'default', path_id: slow }] },
    });
    const entries = await auditOf(`path:${fast}`);
    expect(entries.filter(entry => entry.operation === 'failoverPath')).toMatchObject([
      { id: audit_id, after: { receipt: { path_id: fast, moved: [{ policy_ids: ['default'] }] } } },
    ]);
    const told = entries.map(entry =>
      eventOf({
        kind: 'INSERT',
        pk: 'CHANGE#2026-01',
        sk: String(entry.sk),
        before: undefined,
        after: { ...entry },
        at_ms: 0,
      }),
    );
    const { policy_id, ...move } = moved[0]!;
    expect(told).toContainEqual(
      expect.objectContaining({
        type: 'PATH_FAILOVER',
        site_id: null,
        data: expect.objectContaining({ path_id: fast, moved: [{ policy_ids: [policy_id], ...move }] }),
      }),
    );
    await expect(failOverPath(context, caches, { path_id: fast, actor })).rejects.toThrow(
      new Conflict(
        `Path ${fast} is out of use already, since 2026-01-31T12:00:00.000Z. It comes back by itself when it has been good for long enough; restorePath brings it back at once.`,
      ),
    );
  });

  it('names the policies that are left without a path, and never chooses a dead path', async () => {
    const { time, context, caches, monitor, key, fast, slow } = await set();
    await monitor.observe(context, [measured(time, fast, 10), measured(time, slow, 1000, 100)]);
    const { receipt } = await failOverPath(context, caches, { path_id: fast, actor });
    expect(receipt).toMatchObject({ moved: [{ new_path_id: null }], without_path: ['default'] });
    await time.advance(1000);
    expect(await cachedDecision(context, caches, key)).toMatchObject({
      selected_path_id: null,
      reason: 'All 2 paths between these sites are down or taken out of use.',
    });
  });

  it('rejects unknown paths', async () => {
    const { context, caches } = await set();
    for (const path_id of ['p-1', '550e8400-e29b-41d4-a716-446655440000.0123456789abcdef', '']) {
      await expect(failOverPath(context, caches, { path_id, actor })).rejects.toThrow(
        new NotFound(`There is no path "${path_id}": the query paths lists a site's paths.`),
      );
    }
  });
});

describe('automatic failover', () => {
  it('leaves a path below 50, returns after 60 s above 80, and audits both', async () => {
    const { time, context, caches, monitor, key, fast, slow, done, troubles } = await set();
    const report = (path: string, latency: number, loss = 0) =>
      monitor.observe(context, [measured(time, path, latency, loss)]);
    await report(slow, 40);
    await report(fast, 10);
    expect(done).toEqual([]);
    await time.advance(10_000);
    await report(fast, 400, 8);
    expect(done).toEqual(['failoverPath']);
    expect((await cachedDecision(context, caches, key)).selected_path_id).toBe(slow);
    for (let seconds = 0; seconds < 60; seconds += 10) {
      await time.advance(10_000);
      await report(fast, 10);
    }
    expect(done).toEqual(['failoverPath']);
    await time.advance(10_000);
    await report(fast, 10);
    expect(done).toEqual(['failoverPath', 'failbackPath']);
    await time.advance(1000);
    expect((await cachedDecision(context, caches, key)).selected_path_id).toBe(fast);
    const operations = (await auditOf(`path:${fast}`)).map(({ operation, actor }) => [
      operation,
      (actor as Caller).sub,
    ]);
    expect(operations).toEqual([
      ['createPath', 'test'],
      ['failoverPath', 'ingest'],
      ['failbackPath', 'ingest'],
    ]);
    expect(troubles).toEqual([]);
  });

  it('lists the policies that moved, from path to path, and the measurement', async () => {
    const { time, context, monitor, fast, slow, receipts } = await set();
    const report = (latency: number, loss = 0) =>
      monitor.observe(context, [measured(time, slow, 40), measured(time, fast, latency, loss)]);
    await report(10);
    await time.advance(10_000);
    await report(400, 8);
    expect(receipts).toMatchObject([
      {
        path_id: fast,
        samples: [
          { latency_ms: 10, score: GOOD },
          { latency_ms: 400, score: expect.closeTo(25.59, 1) },
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
      },
    ]);
    for (let seconds = 0; seconds <= 60; seconds += 20) {
      await time.advance(20_000);
      await report(11 + seconds / 10);
    }
    expect(receipts[1]).toMatchObject({
      moved: [{ policy_id: 'default', old_path_id: slow, new_path_id: fast }],
      samples: [11, 13, 15, 17].map(latency_ms => ({ latency_ms })),
    });
  });

  it('names the policies without a path when the last path dies', async () => {
    const { time, context, caches, monitor, key, fast, slow, receipts, troubles } = await set();
    const report = (path: string, loss: number) =>
      monitor.observe(context, [measured(time, path, path === fast ? 10 : 40, loss)]);
    await report(fast, 0);
    await report(slow, 0);
    for (const path of [fast, slow]) {
      await time.advance(10_000);
      await report(path, 100);
    }
    expect(receipts).toMatchObject([
      { path_id: fast, moved: [{ old_path_id: fast, new_path_id: slow }], without_path: [] },
      { path_id: slow, moved: [{ old_path_id: slow, new_path_id: null }], without_path: ['default'] },
    ]);
    await time.advance(1000);
    expect((await cachedDecision(context, caches, key)).selected_path_id).toBeNull();
    expect(troubles).toEqual([]);
  });

  it('uses the newest of measurements that arrive faster than they are stored, also when the function ends', async () => {
    const { time, context, monitor, fast, slow, done, caches } = await set();
    const waits: number[] = [];
    const sleep = (ms: number) => {
      waits.push(ms);
      return time.advance(ms);
    };
    const sleeping = { ...context, sleep };
    await monitor.observe(context, [measured(time, slow, 40), measured(time, fast, 10)]);
    for (const latency of [20, 400, 30]) {
      await time.advance(100);
      const bad = latency === 400 ? 8 : 0;
      await monitor.observe(context, [measured(time, fast, latency, bad)]);
    }
    await time.advance(100);
    await monitor.observe(context, [measured(time, fast, 500, 8)]);
    expect((await readMetricsWithLane(context, fast))?.latency_ms).toBe(10);
    await monitor.settle(sleeping);
    expect(waits).toEqual([600]);
    expect((await readMetricsWithLane(context, fast))?.latency_ms).toBe(500);
    expect(done).toEqual(['failoverPath']);
    const drained = caches.metrics.drain();
    await time.advance(1000);
    await drained;
    expect((await makeFunction(time).caches.metrics.get(fast))?.latency_ms).toBe(500);
    await monitor.settle(sleeping);
    expect(waits).toEqual([600]);
  });

  it('stores a measurement once if reports repeat it', async () => {
    const { time, context, monitor, fast } = await set();
    const first = measured(time, fast, 10);
    await monitor.observe(context, [first]);
    const { tables, client } = context;
    const key = { TableName: tables.traffic, Key: metricsKey(fast) };
    await client.send(new DeleteCommand(key));
    await time.advance(60_000);
    await monitor.observe(context, [first]);
    expect(await readMetricsWithLane(context, fast)).toBeUndefined();
    await monitor.observe(context, [measured(time, fast, 31)]);
    expect(await readMetricsWithLane(context, fast)).toMatchObject({ latency_ms: 31 });
  });

  it('dates a measurement of an edge with a fast clock as now', async () => {
    const { time, context, monitor, fast } = await set();
    const ahead = { ...measured(time, fast, 10), measured_at: '2030-01-01T00:00:00.000Z' };
    await monitor.observe(context, [ahead]);
    await time.advance(60_000);
    await monitor.observe(context, [measured(time, fast, 400)]);
    expect(await readMetricsWithLane(context, fast)).toMatchObject({
      latency_ms: 400,
      measured_at: '2026-01-31T12:01:00.000Z',
    });
  });

  it.each([-300_000, -30_000, 15_000, 300_000])(
    'uses the age of a measurement at its arrival: with a clock %d ms ahead',
    async skew => {
      const { time, context, reports, fast, done } = await set();
      const at = (ms: number) => new Date(ms + skew).toISOString();
      await reports.observe(context, [
        {
          report: {
            edge_id: edgeAtSource(fast),
            part: 0,
            sent_at: at(time.clock() - 1000),
            paths: [{ ...measured(time, fast, 400, 8), measured_at: at(time.clock() - 20_000) }],
          },
          arrived_at_ms: time.clock() - 1000,
        },
      ]);
      expect(await readMetricsWithLane(context, fast)).toMatchObject({
        latency_ms: 400,
        measured_at: '2026-01-31T11:59:40.000Z',
      });
      expect(done).toEqual(['failoverPath']);
    },
  );

  it("recognizes a report that waited in the spool by the offset of the edge's clock", async () => {
    const { time, context, reports, fast, done } = await set();
    const report = (sent_ms: number, latency: number) => ({
      report: {
        edge_id: edgeAtSource(fast),
        part: 0,
        sent_at: new Date(sent_ms - 30_000).toISOString(),
        paths: [
          { ...measured(time, fast, latency, 8), measured_at: new Date(sent_ms - 31_000).toISOString() },
        ],
      },
      arrived_at_ms: time.clock(),
    });
    await reports.observe(context, [{ ...report(time.clock(), 10) }]);
    expect(done).toEqual(['failoverPath']);
    const sent = time.clock() + 1000;
    await time.advance(600_000);
    // It was measured ten minutes ago.
    await reports.observe(context, [report(sent, 20)]);
    expect(await readMetricsWithLane(context, fast)).toMatchObject({
      measured_at: '2026-01-31T12:00:00.000Z',
    });
  });

  it('ignores measurements older than five minutes', async () => {
    const { time, context, monitor, fast, done } = await set();
    const age = (ms: number) => ({
      ...measured(time, fast, 400, 8),
      measured_at: new Date(time.clock() - ms).toISOString(),
    });
    await monitor.observe(context, [age(300_001)]);
    expect(done).toEqual([]);
    await time.advance(1000);
    await monitor.observe(context, [age(300_000)]);
    expect(done).toEqual(['failoverPath']);
  });

  it('applies the settings of each policy', async () => {
    const { time, context, monitor, caches, fast, slow, done, key } = await set();
    const routing = policyRoutingSchema.parse({ failover: { failover_below: 10, failback_above: 20 } });
    await setPolicyRouting(context, actor, { policy_id: 'default', routing });
    await monitor.observe(context, [measured(time, slow, 40)]);
    await monitor.observe(context, [measured(time, fast, 400, 8)]);
    expect(done).toEqual([]);
    await setPolicyRouting(context, actor, {
      policy_id: 'default',
      routing: policyRoutingSchema.parse({}),
    });
    await time.advance(1000);
    await monitor.observe(context, [measured(time, fast, 400, 8)]);
    expect(done).toEqual(['failoverPath']);
    expect((await cachedDecision(context, caches, key)).selected_path_id).toBe(slow);
  });

  it('is only for edges in service at one of the sites of the path', async () => {
    const { time, context, reports, fast, a, b, edges, done } = await set();
    const elsewhere = await createSite(context, actor, { name: 'C' });
    await registerEdge(context, actor, { id: `edge-${elsewhere.id}`, site_id: elsewhere.id });
    await registerEdge(context, actor, { id: `retired-${a.id}`, site_id: a.id });
    await retireEdge(context, actor, { id: `retired-${a.id}` });
    const from = (edge_id: string) =>
      measuringReports([measured(time, fast, 400, 8)], time.clock()).map(({ report, ...one }) => ({
        ...one,
        report: { ...report, edge_id },
      }));
    for (const edge_id of [`edge-${elsewhere.id}`, `retired-${a.id}`, 'edge-that-nobody-knows']) {
      await reports.observe(context, from(edge_id));
      await time.advance(1000);
    }
    expect(await readMetricsWithLane(context, fast)).toBeUndefined();
    expect(done).toEqual([]);
    // It counts at most ten seconds after its registration.
    await registerEdge(context, actor, { id: 'edge-that-nobody-knows', site_id: b.id });
    await time.advance(10_000);
    await reports.observe(context, from('edge-that-nobody-knows'));
    expect(done).toEqual(['failoverPath']);
    await time.advance(1000);
    await reports.observe(context, from(edges[1]));
    expect(await readMetricsWithLane(context, fast)).toMatchObject({
      measured_at: '2026-01-31T12:00:14.000Z',
    });
  });

  it('happens once if two functions see the same failure', async () => {
    const { time, context, monitor, fast, done } = await set();
    const other = makeFunction(time);
    const report = measured(time, fast, 400, 8);
    await Promise.all([monitor.observe(context, [report]), other.monitor.observe(other.context, [report])]);
    expect([...done, ...other.done]).toEqual(['failoverPath']);
    expect(other.troubles).toEqual([]);
  });

  it('ignores measurements of unknown paths, and late ones', async () => {
    const { time, context, monitor, fast, done, troubles } = await set();
    await monitor.observe(context, [measured(time, 'p-1', 900, 50)]);
    const late = measured(time, fast, 900, 50);
    await time.advance(5000);
    await monitor.observe(context, [measured(time, fast, 10)]);
    await time.advance(5000);
    await monitor.observe(context, [late]);
    expect(done).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

describe('commands', () => {
  it('wait until they are acknowledged, and a newer one about the same subject replaces the older', async () => {
    const { time, context, caches, monitor, edges, fast, slow } = await set();
    await monitor.observe(context, [measured(time, fast, 10), measured(time, slow, 40)]);
    await failOverPath(context, caches, { path_id: fast, actor });
    await orderAllRoutes(context);
    const [first] = await readCommands(context, edges[0]);
    await time.advance(1000);
    await failOverPath(context, caches, { path_id: slow, actor });
    await orderAllRoutes(context);
    const pending = await readCommands(context, edges[0]);
    expect(pending).toMatchObject([{ data: { routes: [{ policy_id: 'default', path_id: null }] } }]);
    const ack = (command_id: string) => acknowledgeCommand(context, { edge_id: edges[0], command_id });
    expect(await ack(first!.id)).toBe(false);
    expect(await readCommands(context, edges[0])).toHaveLength(1);
    expect(await ack(pending[0]!.id)).toBe(true);
    expect(await ack(pending[0]!.id)).toBe(false);
    expect(await readCommands(context, edges[0])).toEqual([]);
    expect(await readCommands(context, edges[1])).toHaveLength(1);
  });
});

describe('the class of a path', () => {
  it('changes for decisions only if three measurements agree, or one differs by more than 5 points', async () => {
    const { time, context, caches, monitor, key, fast, slow } = await set();
    const chosen = async () => {
      await time.advance(30_000);
      return (await cachedDecision(context, caches, key)).selected_path_id;
    };
    const report = async (loss: number) => {
      await monitor.observe(context, [measured(time, slow, 40), measured(time, fast, 10, loss)]);
      return chosen();
    };
    const seen: string[] = [];
    // 1 % is 80.6 and optimal, 1.05 % is 79.9 and degraded, 2 % is far below.
    for (const loss of [1, 1.05, 1.05, 1.05, 1, 1, 1, 2]) {
      seen.push((await report(loss)) === fast ? 'fast' : 'slow');
    }
    expect(seen).toEqual(['fast', 'fast', 'fast', 'slow', 'slow', 'slow', 'fast', 'slow']);
  });

  it('fails over by the same settled score', async () => {
    const { time, context, monitor, fast, slow, done } = await set();
    // 4 % is 50.8, 4.2 % is 49.4.
    for (const [loss, operations] of [
      [4, []],
      [4.2, []],
      [4.2, []],
      [4.2, ['failoverPath']],
    ] as const) {
      await time.advance(10_000);
      await monitor.observe(context, [measured(time, slow, 40), measured(time, fast, 10, loss)]);
      expect(done).toEqual(operations);
    }
  });
});

describe('a path that is never optimal', () => {
  it('returns above the median of its week minus 5', async () => {
    const { time, context, monitor, fast, slow, done } = await set();
    const report = async (loss: number) => {
      await time.advance(20_000);
      await monitor.observe(context, [measured(time, slow, 40), measured(time, fast, 10, loss)]);
    };
    // 2 % is 67.4 all day.
    for (let minute = 0; minute < 10; minute++) await report(2);
    await report(8);
    expect(done).toEqual(['failoverPath']);
    // 2.4 % is 63.2: above 67 - 5. 2.6 % is 60.8.
    for (const loss of [2.6, 2.6, 2.6, 2.6, 2.4, 2.4, 2.4]) await report(loss);
    expect(done).toEqual(['failoverPath']);
    await report(2.4);
    await report(2.4);
    expect(done).toEqual(['failoverPath']);
    await report(2.4);
    expect(done).toEqual(['failoverPath', 'failbackPath']);
  });

  it('returns in the same way after an operator withdrew it', async () => {
    const { time, context, caches, monitor, fast, slow, done } = await set();
    const report = async () => {
      await time.advance(20_000);
      await monitor.observe(context, [measured(time, slow, 40), measured(time, fast, 10, 2)]);
    };
    for (let minute = 0; minute < 10; minute++) await report();
    await failOverPath(context, caches, { path_id: fast, actor });
    for (let minute = 0; minute < 4; minute++) await report();
    expect(done).toEqual(['failbackPath']);
  });
});
