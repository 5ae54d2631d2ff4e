import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandAction } from '../../../core/commands/command-store.ts';
import { commandsOf } from '../../../core/commands/commands-of-change.ts';
import { newsOf } from '../../../core/commands/edge-news.ts';
import { ALL_SITES, raiseRouteVersion, readRouteVersion } from '../../../core/commands/route-versions.ts';
import { sitesToNotify } from '../../../core/commands/sites-to-notify.ts';
import type { StreamChange } from '../../../core/events/stream-change.ts';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { registerEdge, retireEdge } from '../../../core/inventory/edges/change-edges.ts';
import { listRegisteredEdges } from '../../../core/inventory/edges/site-edges.ts';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { deletePath } from '../../../core/inventory/paths/delete-path.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { updateSite } from '../../../core/inventory/sites/update-site.ts';
import { DEFAULT_ROUTING, setPolicyRouting } from '../../../core/routing/decisions/policy-routing.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { admin, dump, networkBed, newSite } from '../../support/network-bed.ts';
import { withRights } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

/** What the function of that name does. */
const broadcast = {
  commandsOf: withRights('broadcast', commandsOf),
  newsOf: withRights('broadcast', newsOf),
  raiseRouteVersion: withRights('broadcast', raiseRouteVersion),
  sitesToNotify: withRights('broadcast', sitesToNotify),
};

const SITE = '550e8400-e29b-41d4-a716-446655440000';
const AT = Date.UTC(2026, 0, 31, 12);

let t: TestTables;
beforeAll(async () => {
  t = await createTables();
});
afterAll(() => t.drop());

const change = (pk: string, sk: string, after?: Record<string, unknown>): StreamChange => ({
  kind: after ? 'MODIFY' : 'REMOVE',
  pk,
  sk,
  before: undefined,
  after: after && { pk, sk, ...after },
  at_ms: AT,
});

const hint = (edge_id: string, site_id: string, paths_version: number) => ({
  id: `paths-${site_id}-${paths_version}`,
  edge_id,
  type: 'PATHS',
  data: { site_id, paths_version },
  created_at: '2026-01-31T12:00:00.000Z',
});

describe('messages to one edge about a change', () => {
  it('contain a new command without its keys', async () => {
    const { context } = networkBed(t);
    const order = { path_id: 'p-1', target: '192.0.2.1', until: '2026-01-31T12:00:10.000Z' };
    const { action, pending } = commandAction(context, 'edge-1', { type: 'PROBE', data: order });
    const { pk, sk, ...item } = action.Put.Item as { pk: string; sk: string };
    expect(pk).toBe('COMMAND#edge-1');
    const handed = { ...pending, data: { ...order, within_ms: 10_000 } };
    expect(await broadcast.commandsOf(change(pk, sk, item), context)).toEqual([handed]);
    const late = { ...context, clock: () => Date.parse(order.until) };
    expect(await broadcast.commandsOf(change(pk, sk, item), late)).toEqual([]);
  });

  it('contain a new version of its site while it is in service there', async () => {
    const { context } = networkBed(t);
    for (const id of ['edge-1', 'edge-2', 'edge-3'])
      await registerEdge(context, admin, { id, site_id: SITE });
    await registerEdge(context, admin, { id: 'elsewhere', site_id: crypto.randomUUID() });
    await retireEdge(context, admin, { id: 'edge-2' });
    const raised = change(`ROUTES#${SITE}`, 'VERSION', { version: 17 });
    const told = [hint('edge-1', SITE, 17), hint('edge-3', SITE, 17)];
    expect(await broadcast.commandsOf(raised, context)).toEqual(told);
    // Once the clean-up has looked, the site's own list is used.
    expect(await listRegisteredEdges(context)).toEqual({ listed: 0 });
    expect(await broadcast.commandsOf(raised, context)).toEqual(told);
  });

  it('contain the version of the site to which it moves', async () => {
    const { context } = networkBed(t);
    const [here, there] = [crypto.randomUUID(), crypto.randomUUID()];
    const told = async (...registrations: { site_id: string; interval_s?: number }[]) => {
      const before = new Map(await dump(context));
      for (const given of registrations) await registerEdge(context, admin, { id: 'mover', ...given });
      return hintsBetween(context, before);
    };
    await broadcast.raiseRouteVersion(context, there);
    expect(await told({ site_id: here })).toEqual([hint('mover', here, 0)]);
    expect(await told({ site_id: here, interval_s: 300 })).toEqual([]);
    expect(await told({ site_id: there })).toEqual([hint('mover', there, 1)]);
    await retireEdge(context, admin, { id: 'mover' });
    expect(await told({ site_id: there })).toEqual([hint('mover', there, 1)]);
  });

  it('are not sent for a finished command, a policy, a retired edge or anything else', async () => {
    const { context } = networkBed(t);
    const edge = { revision: 2, site_id: SITE, registered_at: '', retired_at: '2026-01-31T12:00:00.000Z' };
    for (const other of [
      change('COMMAND#edge-1', 'POLICIES'),
      change('POLICY', '7', { version: 17 }),
      change('POLICY', '#META', { version: 17 }),
      change('ROUTES#*', 'VERSION', { version: 17 }),
      change('EDGE', 'edge-1', edge),
      change(`SITE#${SITE}`, 'META', { id: SITE }),
    ]) {
      expect(await broadcast.commandsOf(other, context)).toEqual([]);
    }
  });
});

describe('messages to all edges about a change', () => {
  it('contain the current versions of policies and of path choice after a change of either', async () => {
    const { context } = networkBed(t);
    await broadcast.raiseRouteVersion(context, '*');
    const routing_version = await readRouteVersion(context, ALL_SITES);
    const news = { policies_version: '0', routing_version, spread_s: 30 };
    const told = (of: StreamChange) => broadcast.newsOf(of, context, { spread_s: 30 });
    expect(await told(change('POLICY', '#META', { version: 17 }))).toEqual(news);
    expect(await told(change('ROUTES#*', 'VERSION', { version: 1 }))).toEqual(news);
    expect(await told(change(`ROUTES#${SITE}`, 'VERSION', { version: 1 }))).toBeUndefined();
    expect(await told(change('POLICY', '7', { version: 17 }))).toBeUndefined();
  });
});

describe('the version of a site', () => {
  it('grows by one with each change, from 0, and covers a concurrent change', async () => {
    const { context } = networkBed(t);
    const site_id = crypto.randomUUID();
    const version = () => readRouteVersion(context, site_id);
    expect(await version()).toBe(0);
    await broadcast.raiseRouteVersion(context, site_id);
    expect(await version()).toBe(1);
    await Promise.all([
      broadcast.raiseRouteVersion(context, site_id),
      broadcast.raiseRouteVersion(context, site_id),
    ]);
    expect(await version()).toBeGreaterThanOrEqual(2);
  });

  it('is raised at the sites of a change, and at no others', async () => {
    const { context } = networkBed(t);
    const names = new Map<string, string>();
    const make = async (name: string) => {
      const { id } = await newSite(context, name);
      names.set(id, name);
      const endpoint = { endpoint_id: 'wan1', address: '192.0.2.1', interface_type: 'FIBER' };
      await addEndpoint(context, admin, { site_id: id, ...endpoint });
      return id;
    };
    const [a, b, c, d] = [await make('A'), await make('B'), await make('C'), await make('D')] as const;
    const join = (source_site_id: string, destination_site_id: string) =>
      createPath(context, admin, {
        source_site_id,
        source_endpoint_id: 'wan1',
        destination_site_id,
        destination_endpoint_id: 'wan1',
      });
    /** The sites whose edges are notified of an operation. */
    const concerned = async (work: () => Promise<unknown>) => {
      const before = new Map(await dump(context));
      await work();
      const sites = await Promise.all(
        (await changesSince(context, before)).map(one => broadcast.sitesToNotify(one, context)),
      );
      return [...new Set(sites.flat())].map(id => names.get(id) ?? id).sort();
    };
    await join(c, d);
    let path_id = '';
    const joined = await concerned(async () => {
      path_id = (await join(a, b)).id;
    });
    expect(joined).toEqual(['A', 'B']);
    expect(await concerned(() => deletePath(context, admin, { path_id }))).toEqual(['A', 'B']);
    await join(a, b);
    expect(await concerned(() => deleteSite(context, admin, { site_id: a }))).toEqual(['A', 'B']);
    expect(await concerned(() => restoreSite(context, admin, { site_id: a }))).toEqual(['A', 'B']);
    const endpoint = { site_id: b, endpoint_id: 'wan1' };
    expect(await concerned(() => removeEndpoint(context, admin, endpoint))).toEqual(['A', 'B']);
    const routing = { policy_id: 'default', routing: DEFAULT_ROUTING };
    expect(await concerned(() => setPolicyRouting(context, admin, routing))).toEqual(['*']);
    expect(await concerned(() => make('E'))).toEqual([]);
    expect(await concerned(() => updateSite(context, admin, { site_id: a, name: 'A 2' }))).toEqual([]);
  });

  it('is raised at a site and its peers by a new address or price of an endpoint, and when the site is restored', async () => {
    const { context } = networkBed(t);
    const [a, b] = [await newSite(context, 'A'), await newSite(context, 'B')];
    const ends = { address: '192.0.2.1', interface_type: 'FIBER', endpoint_id: 'wan1' };
    for (const { id } of [a, b]) await addEndpoint(context, admin, { site_id: id, ...ends });
    await createPath(context, admin, {
      source_site_id: a.id,
      source_endpoint_id: 'wan1',
      destination_site_id: b.id,
      destination_endpoint_id: 'wan1',
    });
    const item = { status: 'ACTIVE', address: '192.0.2.1', cost_per_gb: 0.01, reachable: true };
    const told = (sk: string, before: object, after: object) =>
      broadcast.sitesToNotify(
        { ...change(`SITE#${a.id}`, sk, { ...after }), before: { ...before } },
        context,
      );
    const both = [a.id, b.id];
    expect(await told('ENDPOINT#wan1', item, { ...item, address: '192.0.2.9' })).toEqual(both);
    expect(await told('ENDPOINT#wan1', item, { ...item, cost_per_gb: 0 })).toEqual(both);
    expect(await told('ENDPOINT#wan1', { ...item, status: 'REMOVING' }, item)).toEqual(both);
    expect(await told('ENDPOINT#wan1', item, { ...item, reachable: false })).toEqual([]);
    expect(await told('META', { status: 'RESTORING' }, { status: 'ACTIVE' })).toEqual(both);
    expect(await told('META', { status: 'ACTIVE' }, { status: 'DELETING' })).toEqual([]);
  });
});

type Items = Awaited<ReturnType<typeof dump>> extends Iterable<readonly [string, infer Item]> ? Item : never;

/** The changes of items as they appear in the stream. */
async function changesSince(
  context: StoreContext,
  before: ReadonlyMap<string, Items>,
): Promise<StreamChange[]> {
  const after = new Map(await dump(context));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): StreamChange[] => {
    const [was, is] = [before.get(key), after.get(key)];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const { pk, sk } = (is ?? was)!;
    const kind = was ? (is ? 'MODIFY' : 'REMOVE') : 'INSERT';
    return [{ kind, pk: String(pk), sk: String(sk), before: was, after: is, at_ms: AT }];
  });
}

async function hintsBetween(context: StoreContext, before: ReadonlyMap<string, Items>) {
  const changes = await changesSince(context, before);
  return (await Promise.all(changes.map(one => broadcast.commandsOf(one, context)))).flat();
}
