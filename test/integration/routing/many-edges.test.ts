import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acknowledgeCommand, readCommands } from '../../../core/commands/command-store.ts';
import type { StreamChange } from '../../../core/events/stream-change.ts';
import { failOverPath } from '../../../core/routing/failover/fail-over-path.ts';
import { readPathStates } from '../../../core/routing/failover/path-states-store.ts';
import { orderRoutes } from '../../../core/routing/failover/route-orders.ts';
import { checkPathHealth } from '../../../core/routing/probes/check-path-health.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { putEdges, putPolicies } from '../../support/many-edges.ts';
import { auditChanges, orderAllRoutes } from '../../support/order-routes.ts';
import { actor, measured, routingWorld } from '../../support/routing-world.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
beforeAll(async () => {
  db = await createTables();
});
afterAll(() => db.drop());

async function changeOf(context: StoreContext, audit_id: string): Promise<StreamChange> {
  return (await auditChanges(context)).find(({ after }) => after?.id === audit_id)!;
}

const EDGES = 500;
const POLICIES = 1000;

describe('a path with 1,000 edges at its ends and 1,000 policies', () => {
  it('fails over and back by itself and by an operator, and is probed', async () => {
    const { time, context, caches, monitor, a, b, fast, slow, done, troubles } = await routingWorld(db);
    await putEdges(context, { sites: [a.id, b.id], edges: EDGES });
    const policies = await putPolicies(context, POLICIES);
    const report = (loss: number) =>
      monitor.observe(context, [measured(time, slow, 40), measured(time, fast, 10, loss)]);
    await report(0);
    await time.advance(10_000);
    await report(50);
    expect(troubles).toEqual([]);
    expect(done).toEqual(['failoverPath']);
    // An edge registered separately is at each site as well.
    expect(await orderAllRoutes(context)).toBe(2 * EDGES + 2);
    for (const [site, peer] of [
      [a.id, b.id],
      [b.id, a.id],
    ]) {
      for (const number of [0, EDGES - 1]) {
        const [order] = await readCommands(context, `${site}-${number}`);
        expect(order).toMatchObject({ type: 'ROUTES', data: { destination_site_id: peer } });
        const { routes } = order!.data as { routes: { policy_id: string; path_id: string }[] };
        expect(routes.map(({ policy_id }) => policy_id).sort()).toEqual([...policies, 'default'].sort());
        expect(new Set(routes.map(({ path_id }) => path_id))).toEqual(new Set([slow]));
      }
    }
    for (let third = 0; third < 4; third++) {
      await time.advance(20_000);
      await report(0);
    }
    expect(troubles).toEqual([]);
    expect(done).toEqual(['failoverPath', 'failbackPath']);
    expect((await readPathStates(context, fast)).policies).toEqual({});
    const { receipt } = await failOverPath(context, caches, { path_id: fast, actor });
    expect(receipt.moved).toHaveLength(POLICIES + 1);
    const waiting = { ...context, sleep: (ms: number) => time.advance(ms), deadline: time.clock() + 1000 };
    const check = await checkPathHealth(waiting, caches, { path_id: slow, actor });
    expect(check.fresh).toBe(false);
  }, 120_000);
});

describe('the orders after a change', () => {
  it('are sent once, continue after an interruption, and never replace a newer one', async () => {
    const { context, caches, time, a, b, fast, slow, monitor } = await routingWorld(db);
    await putEdges(context, { sites: [a.id, b.id], edges: 20 });
    await monitor.observe(context, [measured(time, fast, 10), measured(time, slow, 40)]);
    const { audit_id } = await failOverPath(context, caches, { path_id: fast, actor });
    const change = await changeOf(context, audit_id);
    let puts = 0;
    const failing: StoreContext = {
      ...context,
      client: clientWith(async command => {
        if (command instanceof PutCommand && ++puts > 10) throw new Error('not now');
        return context.client.send(command as PutCommand);
      }),
    };
    await expect(orderRoutes(failing, change)).rejects.toThrow('not now');
    await time.advance(1000);
    const rest = await orderRoutes(context, change);
    expect(rest).toBe(42 - 10);
    expect(await orderRoutes(context, change)).toBe(0);
    // An acknowledged order does not block a newer one.
    const edge_id = `${a.id}-0`;
    const [order] = await readCommands(context, edge_id);
    await acknowledgeCommand(context, { edge_id, command_id: order!.id });
    expect(await readCommands(context, edge_id)).toEqual([]);
    // Later reads win, in any order of the entries.
    await time.advance(1000);
    const second = await failOverPath(context, caches, { path_id: slow, actor });
    const later = await changeOf(context, second.audit_id);
    expect(await orderRoutes(context, later)).toBe(42);
    const before = { ...context, clock: () => time.clock() - 500 };
    await orderRoutes(before, change);
    const [newest] = await readCommands(context, edge_id);
    expect(newest).toMatchObject({
      data: { routes: expect.arrayContaining([{ policy_id: 'default', path_id: null }]) },
    });
  });

  it('contain the current paths, and none for a deleted path', async () => {
    const { context, caches, time, fast, slow, monitor, edges } = await routingWorld(db);
    await monitor.observe(context, [measured(time, fast, 10), measured(time, slow, 40)]);
    const { audit_id } = await failOverPath(context, caches, { path_id: fast, actor });
    const first = await changeOf(context, audit_id);
    await failOverPath(context, caches, { path_id: slow, actor });
    expect(await orderRoutes(context, first)).toBe(2);
    const [order] = await readCommands(context, edges[0]);
    expect(order).toMatchObject({
      data: { routes: expect.arrayContaining([{ policy_id: 'default', path_id: null }]) },
    });
    const undone = { ...first.after!, id: 'undone', operation: 'undo', did: 'restorePath' };
    expect(await orderRoutes(context, { ...first, after: undone })).toBe(2);
    const gone = { ...first, after: { ...first.after!, target: `path:${fast.replace(/.$/, 'x')}` } };
    expect(await orderRoutes(context, gone)).toBe(0);
    for (const other of [{ kind: 'MODIFY' }, { pk: 'REFUSED#2026-01' }, { after: undefined }]) {
      expect(await orderRoutes(context, { ...first, ...other } as typeof first)).toBe(0);
    }
  });
});
