import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { type GraphqlClient, graphqlClient } from '../../../core/appsync/graphql-client.ts';
import { makeSignPost } from '../../../core/appsync/sign-post.ts';
import { acknowledgeCommand, readCommands } from '../../../core/commands/command-store.ts';
import type { PendingCommand, RoutesOrder } from '../../../core/commands/edge-command.ts';
import type { EdgeNews } from '../../../core/commands/edge-news.ts';
import { notifyRefusedBoots } from '../../../core/commands/new-boot.ts';
import { registerEdge } from '../../../core/inventory/edges/change-edges.ts';
import type { Path } from '../../../core/inventory/model/site.ts';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../../core/inventory/sites/create-site.ts';
import type { EdgePath } from '../../../core/routing/edge-routes.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { systemClock, systemSleep } from '../../../core/time/clock.ts';
import { makeCarryOut } from '../../../edge/commands/carry-out.ts';
import { edgeApi } from '../../../edge/commands/edge-api.ts';
import { type Following, followCommands } from '../../../edge/commands/follow-commands.ts';
import { localEdgeCredentials } from '../../../edge/commands/local-edge-credentials.ts';
import { listenToSystem } from '../../../edge/commands/realtime.ts';
import { startEdgeCommands } from '../../../edge/commands/start-edge-commands.ts';
import type { RouteChange } from '../../../edge/paths/route-table.ts';
import type { PolicySet } from '../../../edge/policies/policy-set.ts';
import { probePath } from '../../../edge/probe/probe-path.ts';
import { type EchoResponder, startEchoResponder } from '../../../edge/probe/udp-echo.ts';
import type { ApiEvent } from '../../../functions/api/api-event.ts';
import { publishCommands } from '../../../functions/broadcast/publish-commands.ts';
import { publishNews } from '../../../functions/broadcast/publish-news.ts';
import { makeProductCaches } from '../../../functions/product-caches.ts';
import { operationFields } from '../../../lib/operation-fields.ts';
import { makeApi } from '../../support/api.ts';
import { signHeaders } from '../../support/gateway/sign-headers.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway/test-gateway.ts';
import { orderAllRoutes } from '../../support/order-routes.ts';
import { projectFile } from '../../support/project-files.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const file = (name: string) => readFileSync(projectFile(`graphql/${name}`), 'utf8');
const actor = systemCaller('test');
const REGION = 'eu-central-1';

let t: TestTables;
let system: TestGateway;
let responder: EchoResponder;
let context: StoreContext;
let path: Path;
let edge_id: string;

beforeAll(async () => {
  t = await createTables();
  context = {
    client: t.client,
    tables: t.tables,
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    deadline: Number.POSITIVE_INFINITY,
  };
  const api = makeApi(t, {
    context,
    caches: makeProductCaches({ client: t.client, table: t.tables.cache }),
    report: (_message, { error }) => {
      throw error;
    },
  });
  const run = (event: unknown) => api.answer(event as ApiEvent);
  const operations = operationFields(file('schema.graphql'));
  const none = { dataSource: 'none' };
  system = await startTestGateway({
    sdl: file('schema.graphql'),
    answers: Object.fromEntries(
      operations
        .filter(({ published }) => !published)
        .map(({ typeName, fieldName }) => [`${typeName}.${fieldName}`, run]),
    ),
    resolvers: [
      ...operations
        .filter(({ published }) => published)
        .map(field => ({ ...field, code: file('publish.js'), ...none })),
      { typeName: 'Subscription', fieldName: 'edgeCommands', code: file('edge-commands.js'), ...none },
    ],
  });
  responder = await startEchoResponder({ port: 0, addresses: ['127.0.0.1'] });
  await makeNetwork();
});

afterAll(async () => {
  await responder.close();
  await system.stop();
  await t.drop();
});

async function makeNetwork() {
  const [a, b] = [
    await createSite(context, actor, { name: 'A' }),
    await createSite(context, actor, { name: 'B' }),
  ];
  const endpoint = { endpoint_id: 'wan1', interface_type: 'FIBER' };
  await addEndpoint(context, actor, { ...endpoint, site_id: a.id, address: '127.0.0.1' });
  await addEndpoint(context, actor, { ...endpoint, site_id: b.id, address: `127.0.0.1:${responder.port}` });
  path = await createPath(context, actor, {
    source_site_id: a.id,
    source_endpoint_id: 'wan1',
    destination_site_id: b.id,
    destination_endpoint_id: 'wan1',
  });
  edge_id = 'edge-1@home';
  await registerEdge(context, actor, { id: edge_id, site_id: a.id });
}

/** An edge that follows its commands, with the received ones. */
function startEdge(policiesVersion?: () => string | undefined) {
  const sign = makeSignPost({ region: REGION, credentials: async () => localEdgeCredentials(edge_id) });
  const api = edgeApi({ url: system.url, edge_id, sign });
  const routes: RoutesOrder[] = [];
  const policies: PolicySet[] = [];
  const ended: string[] = [];
  const troubles: string[] = [];
  const seen: PendingCommand[] = [];
  let connected = () => {};
  const listening = new Promise<void>(resolve => {
    connected = resolve;
  });
  const following: Following = followCommands({
    api,
    async listen(heard) {
      const connection = await listenToSystem({
        url: system.url,
        edge_id,
        sign,
        ...heard,
        onCommand: command => {
          seen.push(command);
          heard.onCommand(command);
        },
      });
      connected();
      return connection;
    },
    policiesVersion: policiesVersion ?? (() => policies.at(-1)?.version),
    carryOut: makeCarryOut({
      api,
      probe: ({ target }) => probePath({ target }),
      setPolicies: set => policies.push(set),
      setRoutes: order => routes.push(order),
      hintPaths: () => {},
      endBoot: boot_id => ended.push(boot_id),
      onRefused: () => {},
    }),
    refreshRoutes: () => {},
    hintRoutes: () => {},
    onTrouble: reason => troubles.push(reason),
  });
  return { following, listening, routes, policies, ended, troubles, seen };
}

/** Publishes the stored commands of the edge, like the broadcast with records of the stream. */
async function broadcast(): Promise<number> {
  const commands = await readCommands(context, edge_id);
  await publish(commands);
  return commands.length;
}

const publish = (commands: PendingCommand[]): Promise<void> => publishCommands(commands, asBroadcast());

function asBroadcast(): GraphqlClient {
  const headers = { 'content-type': 'application/json' };
  return graphqlClient({
    url: system.url,
    authorizer: { headers: (url, body) => signHeaders({ url, body, headers }) },
    errorOf: ({ kind }) => new Error(kind),
  });
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(resolve => setTimeout(resolve, 20));
}

const CHECK = `mutation Check($path_id: ID!) {
  checkPathHealth(path_id: $path_id) {
    status
    metrics { latency_ms packet_loss_pct score }
    probe { fresh reason }
  }
}`;

describe('an edge that listens', () => {
  it('probes with real packets on command, and the caller gets the measurement', async () => {
    const edge = startEdge();
    await edge.listening;
    const asking = system.query(CHECK, { variables: { path_id: path.id }, groups: ['operator'] });
    await until(async () => (await broadcast()) > 0);
    const { data, errors } = (await asking) as { data: Record<string, never>; errors?: unknown };
    expect(errors).toBeUndefined();
    expect(data.checkPathHealth).toEqual({
      status: 'OPTIMAL',
      metrics: { latency_ms: expect.any(Number), packet_loss_pct: 0, score: expect.any(Number) },
      probe: { fresh: true, reason: `Edge ${edge_id} measured it now: 20 of 20 UDP echoes were answered.` },
    });
    await edge.following.stop();
    expect(edge.seen).toMatchObject([{ type: 'PROBE', edge_id }]);
    expect(edge.troubles).toEqual([]);
    expect(await readCommands(context, edge_id)).toEqual([]);
  });

  it('applies new routes, and acknowledges them once', async () => {
    const edge = startEdge();
    await edge.listening;
    const failover = `mutation { failoverPath(path_id: "${path.id}") { message } }`;
    await system.query(failover, { groups: ['operator'] });
    await orderAllRoutes(context);
    await broadcast();
    await until(() => edge.routes.length > 0);
    await until(async () => (await readCommands(context, edge_id)).length === 0);
    await edge.following.stop();
    expect(edge.routes).toEqual([
      {
        destination_site_id: path.destination_site_id,
        routes: [{ policy_id: 'default', path_id: null }],
      },
    ]);
    expect(edge.troubles).toEqual([]);
  });
});

describe('an edge whose reports are rejected', () => {
  it('receives each rejection once, ends the boot at the third, and then acknowledges', async () => {
    const edge = startEdge();
    await edge.listening;
    const refused = (seq: number) => ({
      edge_id,
      boot_id: 'boot-1',
      part: 0,
      seq,
      reason: 'A total is lower.',
    });
    await notifyRefusedBoots(context, [refused(7)]);
    await notifyRefusedBoots(context, [refused(7), refused(8)]);
    await notifyRefusedBoots(context, [refused(8)]);
    expect(await readCommands(context, edge_id)).toMatchObject([
      { type: 'NEW_BOOT', data: { boot_id: 'boot-1', contradictions: 2, reason: 'A total is lower.' } },
    ]);
    const { data } = (await system.query(
      'query Refused($id: ID!) { edge(id: $id) { refused { boot_id contradictions reason } } }',
      {
        variables: { id: edge_id },
        groups: ['viewer'],
      },
    )) as { data: unknown };
    expect(data).toEqual({
      edge: { refused: { boot_id: 'boot-1', contradictions: 2, reason: 'A total is lower.' } },
    });
    await broadcast();
    await until(() => edge.seen.length > 0);
    expect(edge.ended).toEqual([]);
    await notifyRefusedBoots(context, [refused(9), refused(10)]);
    await broadcast();
    await until(async () => (await readCommands(context, edge_id)).length === 0);
    await edge.following.stop();
    expect(edge.ended).toEqual(['boot-1']);
    expect(edge.troubles).toEqual([]);
  });

  it('receives the command for another boot once', async () => {
    const report = { edge_id, part: 0, reason: 'It jumped.' };
    await notifyRefusedBoots(context, [
      { ...report, boot_id: 'boot-2', seq: 1 },
      { ...report, boot_id: 'boot-3', seq: 1 },
    ]);
    expect(await readCommands(context, edge_id)).toMatchObject([
      { data: { boot_id: 'boot-3', contradictions: 1 } },
    ]);
    await acknowledgeCommand(context, {
      edge_id,
      command_id: (await readCommands(context, edge_id))[0]!.id,
    });
  });
});

describe('an edge after an absence', () => {
  it('receives its commands and newer policies when it connects', async () => {
    const create = 'mutation { createPolicy(name: "Voice", priority: 10) { id } }';
    await system.query(create, { groups: ['operator'] });
    const edge = startEdge(() => '0');
    await until(() => edge.policies.length > 0);
    await edge.following.stop();
    expect(edge.policies).toMatchObject([
      { version: '1', policies: [{ id: expect.stringMatching(/^p-/), name: 'Voice' }] },
    ]);
    expect(edge.troubles).toEqual([]);
  });
});

describe('the paths of an edge', () => {
  it('are read with its routes when it starts to listen, and again on command', async () => {
    const read: EdgePath[][] = [];
    const routes: RouteChange[] = [];
    const troubles: string[] = [];
    const edge = startEdgeCommands({
      edge_id,
      source: { graphql: system.url, region: REGION },
      policiesVersion: () => undefined,
      setPolicies: () => {},
      onPaths: paths => read.push(paths),
      onRoutes: ({ changes }) => routes.push(...changes),
      endBoot: () => {},
      onTrouble: reason => troubles.push(reason),
      random: () => 0,
    });
    await until(() => read.length > 0);
    expect(read[0]).toEqual([
      {
        path_id: path.id,
        endpoint_id: 'wan1',
        address: '127.0.0.1',
        peer_endpoint_id: 'wan1',
        peer_address: `127.0.0.1:${responder.port}`,
      },
    ]);
    const second = await createPath(context, actor, {
      source_site_id: path.source_site_id,
      source_endpoint_id: 'wan1',
      destination_site_id: path.destination_site_id,
      destination_endpoint_id: 'wan1',
      wg_interface: 'wg1',
    });
    const hint = { id: 'paths-1', edge_id, type: 'PATHS', data: {}, created_at: path.created_at } as const;
    await publish([hint]);
    await until(() => read.length > 1);
    expect(read[1]!.map(({ path_id }) => path_id).sort()).toEqual([path.id, second.id].sort());
    // The first path was withdrawn above: the policies now use the new one.
    expect(routes).toContainEqual({
      destination_site_id: path.destination_site_id,
      policy_id: 'default',
      path_id: second.id,
      before: null,
    });
    await edge.stop();
    expect(troubles).toEqual([]);
  });

  it('cannot be read by another caller', async () => {
    const sign = makeSignPost({ region: REGION, credentials: async () => localEdgeCredentials('edge-2') });
    const other = edgeApi({ url: system.url, edge_id, sign });
    await expect(other.edgeRoutes()).rejects.toThrow(
      `The system at ${system.url} refused: Edge ${edge_id} alone may do this. Sign with the edge's own role, with the edge's id as session name.`,
    );
  });
});

describe('messages to all edges', () => {
  /** The messages to an edge that listens, and the end of its connection. */
  async function listenAs(id: string, url: string) {
    const sign = makeSignPost({ region: REGION, credentials: async () => localEdgeCredentials(id) });
    const news: EdgeNews[] = [];
    const heard = { onCommand: () => {}, onQuiet: () => {}, onNews: (one: EdgeNews) => news.push(one) };
    return { news, ...(await listenToSystem({ url, edge_id: id, sign, ...heard })) };
  }

  it('arrive at each of them through one publication', async () => {
    const [one, other] = [await listenAs('edge-1', system.url), await listenAs('edge-2', system.url)];
    expect([one.announces, other.announces]).toEqual([true, true]);
    const news = { policies_version: '4', routing_version: 7, spread_s: 5 };
    await publishNews(news, asBroadcast());
    await until(() => one.news.length > 0 && other.news.length > 0);
    for (const edge of [one, other]) {
      edge.close();
      await edge.closed;
      expect(edge.news).toEqual([news]);
    }
  });

  it('do not come from a system of an earlier release, whose commands still arrive', async () => {
    const sdl = file('schema.graphql').replace(/^ {2}"[^"]*"\n {2}edgeNews:.*$/m, '');
    const earlier = await startTestGateway({
      sdl,
      answers: {},
      resolvers: [
        {
          typeName: 'Subscription',
          fieldName: 'edgeCommands',
          code: file('edge-commands.js'),
          dataSource: 'none',
        },
      ],
    });
    const edge = await listenAs('edge-1', earlier.url);
    expect(edge.announces).toBe(false);
    edge.close();
    await earlier.stop();
  });
});

describe('an edge may not', () => {
  it('listen to the commands of another edge', async () => {
    const sign = makeSignPost({ region: REGION, credentials: async () => localEdgeCredentials('edge-2') });
    const listening = listenToSystem({
      url: system.url,
      edge_id,
      sign,
      onCommand: () => {},
      onNews: () => {},
      onQuiet: () => {},
    });
    await expect(listening).rejects.toThrow(
      `The system at ${system.url} does not deliver commands: Edge ${edge_id} alone may do this. Sign with the edge's own role, with the edge's id as session name.`,
    );
  });
});
