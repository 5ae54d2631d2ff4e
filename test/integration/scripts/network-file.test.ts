import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runNetwork, type Surroundings } from '../../../scripts/network/network-program.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { type ApiServer, serveApi } from '../../support/api-server.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let folder: string;
let t: TestTables;
let api: ApiUnderTest;
let server: ApiServer;
let said = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-network-'));
  server = await serveApi(() => api);
  vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    said += text;
    return true;
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await server.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  said = '';
  t = await createTables();
  api = makeApi(t);
});
afterEach(() => t.drop());

/** Runs the program; a fixed clock would give all items of a run the same time. */
async function network(args: string[], surroundings: Surroundings = {}) {
  let out = '';
  const code = await runNetwork([...args, '--graphql', server.url, '--token', 'any'], {
    confirm: undefined,
    signal: new AbortController().signal,
    ...surroundings,
    write: text => {
      out += text;
      api.now += 1;
    },
  });
  return { code, out, said };
}
const file = (name = 'network.yaml') => join(folder, name);
const write = (text: string) => writeFile(file(), text);
const read = () => readFile(file(), 'utf8');
const exported = async () => (await network(['export'])).out;

const FILE = `# Our network.
version: 1

# Calls first.
policies:
  - name: calls
    priority: 200
    match: { application: VoIP } # told by ports
    routing:
      preference: CUSTOM
      weights: { latency: 3, loss: 1 }
      failover_below: 60
  - name: web
    priority: 100
    enabled: false
    match:
      protocol: 6
      destination_port_from: 80
      destination_port_to: 443
default_routing:
  preference: LOWEST_COST

sites:
  # The head office.
  - name: Berlin
    location: Hauptstr. 1
    endpoints:
      - id: wan1
        address: 203.0.113.7:51820
        interface_type: FIBER
        cost_per_gb: 0.02
      - id: wan2
        address: 203.0.113.8
        interface_type: LTE
  - name: Munich/Süd
    endpoints:
      - id: wan1 # the only one
        address: munich.example
        interface_type: DSL
paths:
  - from: Berlin/wan1
    to: Munich/Süd/wan1
    wg_interface: wg0
  - { from: Munich/Süd/wan1, to: Berlin/wan2 }
edges:
  - id: edge-1
    site: Berlin
    interval_s: 30
`;

const PLAN = `+ Create site "Berlin"
    location: "Hauptstr. 1"
+ Create site "Munich/Süd"
+ Create endpoint "Berlin/wan1"
    address: "203.0.113.7:51820"
    interface_type: "FIBER"
    cost_per_gb: 0.02
+ Create endpoint "Berlin/wan2"
    address: "203.0.113.8"
    interface_type: "LTE"
    cost_per_gb: 0
+ Create endpoint "Munich/Süd/wan1"
    address: "munich.example"
    interface_type: "DSL"
    cost_per_gb: 0
+ Create path "Berlin/wan1 → Munich/Süd/wan1"
    wg_interface: "wg0"
+ Create path "Munich/Süd/wan1 → Berlin/wan2"
+ Create edge "edge-1"
    site: "Berlin"
    interval_s: 30
+ Create policy "calls"
    priority: 200
    enabled: true
    match: {"application":"VoIP"}
~ Change routing of policy "calls"
    preference: "LOWEST_LATENCY" → "CUSTOM"
    weights: none → {"latency":3,"jitter":0,"loss":1,"bandwidth":0,"cost":0}
    failover_below: 50 → 60
+ Create policy "web"
    priority: 100
    enabled: false
    match: {"destination_port_from":80,"destination_port_to":443,"protocol":6}
~ Change routing of policy "default"
    preference: "LOWEST_LATENCY" → "LOWEST_COST"

12 steps: 10 to create, 2 to change, 0 to replace, 0 to delete.
`;

/** A file applied to the empty system. */
async function applied(text = FILE): Promise<void> {
  await write(text);
  expect(await network(['apply', file()])).toMatchObject({ code: 0 });
}

describe('npm run network', () => {
  it('plans a new network, creates it, and then has no steps', async () => {
    await write(FILE);
    expect(await network(['plan', file()])).toMatchObject({ code: 0, out: PLAN });
    expect(await network(['plan', file(), '--check'])).toMatchObject({ code: 2, out: PLAN });
    const run = await network(['apply', file()]);
    expect(run.out.slice(PLAN.length).split('\n')).toEqual([
      ...PLAN.split('\n')
        .filter(line => /^[+~] /.test(line))
        .map(line => `✓ ${line.slice(2)}`),
      '12 steps done.',
      '',
    ]);
    expect(run.code).toBe(0);
    const nothing = 'The system matches the file: there is nothing to do.\n';
    expect(await network(['plan', file(), '--check'])).toMatchObject({ code: 0, out: nothing });
    expect(await network(['apply', file()])).toMatchObject({ code: 0, out: nothing });
  });

  it('changes through the API, which audits each step', async () => {
    await applied();
    const { items } = await api.data('Query.auditLog', { limit: 100 });
    const operations = items.map(({ operation }: { operation: string }) => operation).toReversed();
    expect(operations).toEqual([
      ...[
        'createSite',
        'createSite',
        'addEndpoint',
        'addEndpoint',
        'addEndpoint',
        'createPath',
        'createPath',
      ],
      ...['registerEdge', 'createPolicy', 'setPolicyRouting', 'createPolicy', 'setPolicyRouting'],
    ]);
  });

  it('exports the network of a file, with ids, without default values', async () => {
    await applied();
    const text = await exported();
    expect(text.replace(/id: (?:p-[0-9a-z]{26}|[0-9a-f-]{36})$/gm, 'id: ID')).toMatchInlineSnapshot(`
      "# The network of a system, written by npm run network -- export.
      # npm run network -- plan FILE shows the differences of a system, apply FILE removes them. A section that
      # the file lacks is not changed; entries that a section lacks are deleted.

      version: 1

      policies:
        - id: ID
          name: calls
          priority: 200
          enabled: true
          match:
            application: VoIP
          routing:
            preference: CUSTOM
            weights:
              latency: 3
              loss: 1
            failover_below: 60
        - id: ID
          name: web
          priority: 100
          enabled: false
          match:
            destination_port_from: 80
            destination_port_to: 443
            protocol: 6

      default_routing:
        preference: LOWEST_COST
        failover_below: 50
        failback_above: 80
        failback_hold_seconds: 60

      sites:
        - id: ID
          name: Berlin
          location: Hauptstr. 1
          endpoints:
            - id: wan1
              address: 203.0.113.7:51820
              interface_type: FIBER
              cost_per_gb: 0.02
            - id: wan2
              address: 203.0.113.8
              interface_type: LTE
        - id: ID
          name: Munich/Süd
          endpoints:
            - id: wan1
              address: munich.example
              interface_type: DSL

      paths:
        - from: Berlin/wan1
          to: Munich/Süd/wan1
          wg_interface: wg0
        - from: Munich/Süd/wan1
          to: Berlin/wan2

      edges:
        - id: edge-1
          site: Berlin
          interval_s: 30
      "
    `);
  });

  it('shows changes with old and new values, and deletions with dependent objects; deletes only after confirmation', async () => {
    await applied();
    await write(
      (await exported())
        .replace('name: Berlin\n', 'name: Berlin HQ\n')
        .replaceAll('Berlin/', 'Berlin HQ/')
        .replace('site: Berlin', 'site: Berlin HQ')
        .replace('priority: 200', 'priority: 210')
        .replace(/ {2}- id: \S+\n {4}name: web[\s\S]*?\n\n/, '\n')
        .replace(/ {2}- id: \S+\n {4}name: Munich[\s\S]*?\n\n/, '\n')
        .replace(/paths:[\s\S]*?\n\n/, 'paths: []\n\n')
        .replace('interval_s: 30', 'interval_s: 60'),
    );
    const plan = `~ Change site "Berlin"
    name: "Berlin" → "Berlin HQ"
~ Change edge "edge-1"
    interval_s: 30 → 60
~ Change policy "calls"
    priority: 200 → 210
- Delete policy "web"
    Its counters stay.
- Delete site "Munich/Süd"
    also removes 1 endpoint and 2 paths to 1 other site
    policies that choose one of its paths now: default, calls
    it can be restored for 30 days (restoreSite)

5 steps: 0 to create, 3 to change, 0 to replace, 2 to delete.
`;
    expect(await network(['plan', file()])).toMatchObject({ code: 0, out: plan });
    expect(await network(['apply', file()])).toEqual({
      code: 1,
      out: plan,
      said: 'The plan deletes or replaces 2 things: review it, and give --yes. Nothing was changed.\n',
    });
    said = '';
    expect(await network(['apply', file()], { confirm: async () => false })).toMatchObject({
      code: 1,
      said: 'Nothing was changed.\n',
    });
    expect(await network(['plan', file()])).toMatchObject({ out: plan });
    const questions: string[] = [];
    const confirm = async (question: string) => questions.push(question) > 0;
    expect(await network(['apply', file()], { confirm })).toMatchObject({ code: 0 });
    expect(questions).toEqual(['The plan deletes or replaces 2 things. Apply it? (yes/no) ']);
    expect(await network(['plan', file(), '--check'])).toMatchObject({ code: 0 });
    const { items } = await api.data('Query.sites');
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['Berlin HQ']);
  });

  it('replaces endpoints that the API cannot change, with the paths on them', async () => {
    await applied();
    await write(
      FILE.replace('203.0.113.7:51820', '203.0.113.9').replace('wg_interface: wg0', 'wg_interface: wg1'),
    );
    const { out } = await network(['apply', file(), '--yes']);
    expect(out).toContain(`± Replace endpoint "Berlin/wan1"
    address: "203.0.113.7:51820" → "203.0.113.9"
    also removes 1 path
+ Create path "Berlin/wan1 → Munich/Süd/wan1"
    wg_interface: "wg1"
`);
    expect(await network(['plan', file(), '--check'])).toMatchObject({ code: 0 });
    // The same if the file has no paths: they are created again unchanged.
    await write(FILE.replace(/paths:[\s\S]*/, '').replace('203.0.113.7:51820', '203.0.113.10'));
    expect(await network(['apply', file(), '--yes'])).toMatchObject({ code: 0 });
    expect(await exported()).toContain('wg_interface: wg1');
  });

  it('leaves sections that the file omits unchanged', async () => {
    await applied();
    const before = await exported();
    await write('version: 1\npolicies: []\n');
    expect(await network(['apply', file(), '--yes'])).toMatchObject({ code: 0 });
    expect(await exported()).toBe(before.replace(/policies:[\s\S]*?\n\n/, 'policies: []\n\n'));
  });

  it('stops at the first refusal, and a second run makes the remaining steps', async () => {
    await write(FILE);
    const refused = makeApi(t);
    const { call } = refused;
    let edges = 0;
    refused.call = (operation, ...rest) =>
      operation === 'Mutation.registerEdge' && edges++ === 0
        ? Promise.resolve({ error: { type: 'Throttled', message: 'Too much at once.' } })
        : call(operation, ...rest);
    api = refused;
    const first = await network(['apply', file()]);
    expect(first.code).toBe(1);
    expect(first.said).toContain(
      `Create edge "edge-1" failed, so the following steps were not tried: The system at ${server.url} refused: Throttled: Too much at once.\n7 of 12 steps are done; repeat the same command for the others.\n`,
    );
    const second = await network(['apply', file()]);
    expect(second.code).toBe(0);
    expect(second.out).toContain('5 steps: 3 to create, 2 to change, 0 to replace, 0 to delete.\n');
    expect(await network(['plan', file(), '--check'])).toMatchObject({ code: 0 });
  });

  it('stops between two steps on request, and continues later', async () => {
    await write(FILE);
    const stop = new AbortController();
    let steps = 0;
    const { call } = api;
    api.call = (operation, ...rest) => {
      if (operation.startsWith('Mutation.') && ++steps === 3) stop.abort();
      return call(operation, ...rest);
    };
    const stopped = await network(['apply', file()], { signal: stop.signal });
    expect(stopped.code).toBe(130);
    expect(stopped.said).toContain(
      'Stopped: 3 of 12 steps are done; repeat the same command for the others.\n',
    );
    expect((await network(['apply', file()])).out).toContain('9 steps done.\n');
  });

  it('updates a file from the system and keeps its comments, order and names', async () => {
    await applied();
    await network(['export', '--into', file()]);
    expect(await read()).toBe(FILE);
    const { items } = await api.data('Query.sites');
    const berlin = items.find(({ name }: { name: string }) => name === 'Berlin');
    await api.data('Mutation.updateSite', { site_id: berlin.id, location: null });
    await api.data('Mutation.addEndpoint', {
      ...{ site_id: berlin.id, endpoint_id: 'wan3', address: 'third.example', interface_type: 'DSL' },
    });
    await api.data('Mutation.registerEdge', { id: 'edge-1', site_id: berlin.id, interval_s: 20 });
    await api.data('Mutation.createSite', { name: 'Paris' });
    const { items: policies } = await api.data('Query.policies', { defined_only: true });
    const web = policies.find(({ name }: { name: string }) => name === 'web');
    await api.data('Mutation.deletePolicy', { id: web.id });
    await network(['export', '--into', file()]);
    expect((await read()).replace(/id: [0-9a-f-]{36}/, 'id: ID')).toBe(
      FILE.replace('    location: Hauptstr. 1\n', '')
        .replace(
          'interface_type: LTE\n',
          'interface_type: LTE\n      - id: wan3\n        address: third.example\n        interface_type: DSL\n',
        )
        .replace('interval_s: 30', 'interval_s: 20')
        .replace('paths:', '  - id: ID\n    name: Paris\n    endpoints: []\npaths:')
        .replace(/ {2}- name: web[\s\S]*?443\n/, ''),
    );
    expect(await network(['plan', file(), '--check'])).toMatchObject({ code: 0 });
  });
});
