import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raiseRouteVersion } from '../../../../core/commands/route-versions.ts';
import { registerEdge } from '../../../../core/inventory/edges/change-edges.ts';
import { createSite } from '../../../../core/inventory/sites/create-site.ts';
import type { ApiIdentity } from '../../../../functions/api/api-event.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { admin } from '../../../support/network-bed.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const session = (role: string, name: string): ApiIdentity => ({
  userArn: `arn:aws:sts::123456789012:assumed-role/${role}/${name}`,
  username: `AROA:${name}`,
  sourceIp: ['192.0.2.2'],
});
const edge = (id: string) => session('edges', id);

const SELECTION = [
  'items',
  'items/id',
  'items/match',
  'items/match/protocol',
  'next_token',
  'policies_version',
];

let t: TestTables;
let api: ApiUnderTest;
/** Each read of the function, as text. */
let reads: string[];

beforeEach(async () => {
  t = await createTables();
  const send = t.client.send.bind(t.client) as (command: { input: object }) => Promise<unknown>;
  const client = {
    send(command: { input: object }) {
      reads.push(JSON.stringify(command.input));
      return send(command);
    },
  } as unknown as DynamoDBDocumentClient;
  api = makeApi({ client, tables: t.tables });
  const context = storeContext(t, () => api.now);
  const { id: site_id } = await createSite(context, admin, { name: 'Hub' });
  for (const id of ['edge-1', 'edge-2', 'edge-3']) await registerEdge(context, admin, { id, site_id });
  reads = [];
  await api.data('Mutation.createPolicy', { name: 'Voice', priority: 10 });
  await raiseRouteVersion(context, '*');
  reads = [];
});
afterEach(() => t.drop());

const readsOf = (part: string) => reads.filter(read => read.includes(`"${part}"`)).length;

const policies = (policies_version: string | undefined, identity: ApiIdentity) =>
  api.data(
    'Query.policies',
    { defined_only: true, ...(policies_version && { policies_version }) },
    { identity, selection: SELECTION },
  );

const routes = (edge_id: string, versions: object = {}) =>
  api.data('Query.edgeRoutes', { edge_id, ...versions }, { identity: edge(edge_id) });

describe('after a change of the policies', () => {
  it('a function reads them once, and their version every second, for any number of edges, without counters', async () => {
    const answers = [];
    for (const id of ['edge-1', 'edge-2', 'edge-3']) answers.push(await policies('1', edge(id)));
    expect(answers.map(({ policies_version }) => policies_version)).toEqual(['1', '1', '1']);
    expect(answers[2].items).toEqual(answers[0].items);
    expect(readsOf('POLICY')).toBe(1);
    expect(reads).toHaveLength(1);
    api.now += 1000;
    await policies('1', edge('edge-1'));
    expect(readsOf('#META')).toBe(1);
    expect(reads).toHaveLength(2);
  });

  it('an edge gets the announced version, even if an older one was read just before', async () => {
    await policies('1', edge('edge-1'));
    await api.data('Mutation.createPolicy', { name: 'Video', priority: 20 });
    const answer = await policies('2', edge('edge-2'));
    expect(answer.policies_version).toBe('2');
    expect(answer.items).toHaveLength(3);
  });

  it.each([
    ['an edge that names no version', undefined, edge('edge-2')],
    ['an edge with a version that is not a number', 'file', edge('edge-2')],
    ['a person', '1', personIn('viewer')],
    ['another machine', '1', session('grafana', 'edge-2')],
  ])('%s gets the current state', async (_, policies_version, identity) => {
    await policies('1', edge('edge-1'));
    await api.data('Mutation.createPolicy', { name: 'Video', priority: 20 });
    expect((await policies(policies_version, identity)).policies_version).toBe('2');
  });
});

describe('the routes after a change for all edges', () => {
  const told = { policies_version: '1', routing_version: 1 };

  it('are made of policies and routing that a function reads once, with their versions every second', async () => {
    const first = await routes('edge-1', told);
    expect(await routes('edge-2', told)).toEqual(first);
    await routes('edge-3', told);
    expect(['POLICY', 'ROUTING', 'ROUTES#*'].map(readsOf)).toEqual([1, 1, 1]);
    api.now += 1000;
    await routes('edge-1', told);
    // The versions alone.
    expect(['POLICY', 'ROUTING', 'ROUTES#*'].map(readsOf)).toEqual([2, 1, 2]);
    expect(readsOf('#META')).toBe(1);
  });

  it('use policies that were read for an edge just before', async () => {
    await policies('1', edge('edge-1'));
    await routes('edge-1', told);
    expect(readsOf('POLICY')).toBe(1);
  });

  it('name the announced version, even if an older one was read just before', async () => {
    await routes('edge-1', told);
    await raiseRouteVersion(
      storeContext(t, () => api.now),
      '*',
    );
    expect((await routes('edge-2', told)).routing_version).toBe(1);
    expect((await routes('edge-2', { ...told, routing_version: 2 })).routing_version).toBe(2);
  });

  it.each([{}, { policies_version: '1' }, { routing_version: 1 }])(
    'are current for an edge that names %j',
    async versions => {
      await routes('edge-1', told);
      await raiseRouteVersion(
        storeContext(t, () => api.now),
        '*',
      );
      expect((await routes('edge-2', versions)).routing_version).toBe(2);
      expect(['POLICY', 'ROUTING', 'ROUTES#*'].map(readsOf)).toEqual([2, 2, 2]);
    },
  );
});
