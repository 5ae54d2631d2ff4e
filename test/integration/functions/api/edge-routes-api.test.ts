import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raiseRouteVersion } from '../../../../core/commands/route-versions.ts';
import { registerEdge, retireEdge } from '../../../../core/inventory/edges/change-edges.ts';
import type { Path, Site } from '../../../../core/inventory/model/site.ts';
import { createPath } from '../../../../core/inventory/paths/create-path.ts';
import { deleteSite } from '../../../../core/inventory/removal/delete-site.ts';
import { addEndpoint } from '../../../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../../../core/inventory/sites/create-site.ts';
import { peersThatFit } from '../../../../core/routing/edge-routes.ts';
import { writePathMetrics } from '../../../../core/routing/metrics/path-metrics-store.ts';
import type { StoreContext } from '../../../../core/storage/store-context.ts';
import type { ApiIdentity } from '../../../../functions/api/api-event.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { admin } from '../../../support/network-bed.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const edge = (id: string): ApiIdentity => ({
  userArn: `arn:aws:sts::123456789012:assumed-role/edges/${id}`,
  username: `AROA:${id}`,
  sourceIp: ['192.0.2.2'],
});

let t: TestTables;
let api: ApiUnderTest;
let context: StoreContext;
let hub: Site;
let peers: Site[];
let paths: Path[];

/** A hub whose endpoints wan1 and wan2 each have a path to the same endpoint at two peers. */
beforeAll(async () => {
  t = await createTables();
  api = makeApi(t);
  context = storeContext(t, () => api.now);
  const sites: Site[] = [];
  for (const name of ['Hub', 'B', 'C']) {
    const site = await createSite(context, admin, { name });
    for (const endpoint_id of ['wan1', 'wan2']) {
      const address = `${name.toLowerCase()}-${endpoint_id}.example:51820`;
      await addEndpoint(context, admin, {
        site_id: site.id,
        endpoint_id,
        address,
        interface_type: 'FIBER',
      });
    }
    sites.push(site);
  }
  [hub, ...peers] = sites as [Site, ...Site[]];
  paths = [];
  for (const peer of peers) {
    for (const endpoint_id of ['wan1', 'wan2']) {
      // The paths of the second peer begin at the peer: the hub sees them from the other end.
      const [source, destination] = peer === peers[0] ? [hub, peer] : [peer, hub];
      paths.push(
        await createPath(context, admin, {
          source_site_id: source.id,
          source_endpoint_id: endpoint_id,
          destination_site_id: destination.id,
          destination_endpoint_id: endpoint_id,
        }),
      );
    }
  }
  for (const [index, { id }] of paths.entries()) {
    const measured_at = new Date(api.now - 30_000).toISOString();
    const latency_ms = index % 2 === 0 ? 30 : 20;
    const rest = { jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 100, measured_at };
    await writePathMetrics(context, { path_id: id, metrics: { latency_ms, ...rest } });
  }
  await registerEdge(context, admin, { id: 'hub-edge', site_id: hub.id });
});
afterAll(() => t.drop());

const ask = (args: object = {}, id = 'hub-edge') =>
  api.data('Query.edgeRoutes', { edge_id: id, ...args }, { identity: edge(id) });

const expectedPeer = (peer: Site, [slow, fast]: Path[]) => {
  const name = peer === peers[0] ? 'b' : 'c';
  const shown = (path: Path, wan: string) => ({
    path_id: path.id,
    endpoint_id: wan,
    address: `hub-${wan}.example:51820`,
    peer_endpoint_id: wan,
    peer_address: `${name}-${wan}.example:51820`,
  });
  return {
    destination_site_id: peer.id,
    paths: expect.toSatisfy((found: { path_id: string }[]) => {
      const sorted = [...found].sort((a, b) => (a.path_id < b.path_id ? -1 : 1));
      const wanted = [shown(slow!, 'wan1'), shown(fast!, 'wan2')];
      expect(sorted).toEqual(wanted.sort((a, b) => (a.path_id < b.path_id ? -1 : 1)));
      return true;
    }),
    routes: [{ policy_id: 'default', path_id: fast!.id }],
  };
};

describe('the routes of an edge', () => {
  it("are its paths with the addresses of both ends, and each policy's path for each peer", async () => {
    const expected = [expectedPeer(peers[0]!, paths.slice(0, 2)), expectedPeer(peers[1]!, paths.slice(2))];
    for (const site_id of [hub.id, hub.id, '*']) await raiseRouteVersion(context, site_id);
    expect(await ask()).toEqual({
      site_id: hub.id,
      paths_version: 2,
      routing_version: 1,
      items: expected.sort((a, b) => (a.destination_site_id < b.destination_site_id ? -1 : 1)),
      next_token: null,
    });
  });

  it('come a page of peers at a time', async () => {
    const first = await ask({ limit: 1 });
    const second = await ask({ limit: 1, next_token: first.next_token });
    expect(first.next_token).toEqual(expect.any(String));
    expect(second.next_token).toBeNull();
    expect([...first.items, ...second.items]).toEqual((await ask()).items);
  });

  it.each([
    [1, 20_000],
    [200, 100],
    [1000, 20],
    [50_000, 1],
  ])('with %i policies come for at most %i peers', (policies, peers) => {
    expect(peersThatFit(policies)).toBe(peers);
  });

  it('include every enabled policy, also after a failover', async () => {
    const policy = await api.data('Mutation.createPolicy', { name: 'Voice', priority: 10 });
    await api.data('Mutation.createPolicy', { name: 'Off', priority: 5, enabled: false });
    const [slow, fast] = paths as [Path, Path];
    await api.data('Mutation.failoverPath', { path_id: fast.id });
    const { items } = await ask();
    const toB = items.find(
      ({ destination_site_id }: { destination_site_id: string }) => destination_site_id === peers[0]!.id,
    );
    expect(toB.routes).toEqual([
      { policy_id: policy.id, path_id: slow.id },
      { policy_id: 'default', path_id: slow.id },
    ]);
  });

  it('do not lead to a deleted site', async () => {
    await deleteSite(context, admin, { site_id: peers[1]!.id });
    const { items } = await ask();
    expect(items).toMatchObject([{ destination_site_id: peers[0]!.id }]);
  });

  it('are empty for an unregistered or retired edge', async () => {
    const nothing = {
      site_id: null,
      paths_version: null,
      routing_version: null,
      items: [],
      next_token: null,
    };
    expect(await ask({}, 'stranger')).toEqual(nothing);
    await registerEdge(context, admin, { id: 'old-edge', site_id: hub.id });
    await retireEdge(context, admin, { id: 'old-edge' });
    expect(await ask({}, 'old-edge')).toEqual(nothing);
  });
});

describe('the routes of an edge are refused', () => {
  it.each([
    [personIn('admin'), {}, { type: 'Unauthorized', message: 'edgeRoutes is for machines only (IAM).' }],
    [
      edge('other-edge'),
      {},
      {
        type: 'Unauthorized',
        message:
          "Edge hub-edge alone may do this. Sign with the edge's own role, with the edge's id as session name.",
      },
    ],
    [
      edge('hub-edge'),
      { limit: 0 },
      { type: 'ValidationError', message: 'limit must be a whole number from 1 to 100.' },
    ],
    [
      edge('hub-edge'),
      { next_token: 'broken' },
      {
        type: 'ValidationError',
        message:
          'next_token is not from this list: leave it out to start at the beginning, or pass the next_token of the previous page unchanged.',
      },
    ],
  ])('to %j with %j', async (identity, args, error) => {
    expect(await api.call('Query.edgeRoutes', { edge_id: 'hub-edge', ...args }, { identity })).toEqual({
      error,
    });
  });
});
