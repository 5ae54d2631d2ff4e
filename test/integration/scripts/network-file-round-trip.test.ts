import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tokenOf } from '../../../core/appsync/authorizer.ts';
import { INTERFACE_TYPES } from '../../../core/inventory/model/site.ts';
import { APPLICATION_CLASSES } from '../../../core/policy/application-class.ts';
import { PREFERENCES } from '../../../core/routing/choice/path-preference.ts';
import { systemClient } from '../../../edge/system/system-client.ts';
import { applyPlan } from '../../../scripts/network/apply-plan.ts';
import { fileContent } from '../../../scripts/network/file-content.ts';
import { parseNetworkFile } from '../../../scripts/network/network-file.ts';
import { planNetwork } from '../../../scripts/network/plan-network.ts';
import { readSystem } from '../../../scripts/network/read-system.ts';
import { updatedFileText } from '../../../scripts/network/update-network-file.ts';
import { networkFileText } from '../../../scripts/network/write-network-file.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { type ApiServer, serveApi } from '../../support/api-server.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let api: ApiUnderTest;
let server: ApiServer;

beforeAll(async () => {
  server = await serveApi(() => api);
});
afterAll(() => server.close());

const graphql = () => systemClient({ url: server.url, authorizer: tokenOf(async () => 'any') });

/** Runs with an empty system. */
async function withSystem<Result>(work: (t: TestTables) => Promise<Result>): Promise<Result> {
  const t = await createTables();
  try {
    api = makeApi(t);
    return await work(t);
  } finally {
    await t.drop();
  }
}

async function exported(): Promise<string> {
  return networkFileText(fileContent(await readSystem(graphql())));
}

async function planOf(text: string) {
  return planNetwork(parseNetworkFile(text, 'net.yaml').network, await readSystem(graphql()));
}

/** Applies a file, and returns its number of steps. */
async function apply(text: string, { until = Number.POSITIVE_INFINITY } = {}): Promise<number> {
  const plan = await planOf(text);
  expect(plan.problems).toEqual([]);
  const stop = new AbortController();
  return applyPlan(graphql(), plan, {
    signal: stop.signal,
    onStep(_, done) {
      // Ids and the order of lists depend on the time.
      api.now += 1000;
      if (done >= until) stop.abort();
    },
  });
}

/** Ids by the order in which they appear. */
function withoutIds(text: string): string {
  const seen = new Map<string, string>();
  return text.replace(
    /\b(?:p-[0-9a-z]{26}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.[0-9a-f]{16})?)\b/g,
    id => {
      if (!seen.has(id)) seen.set(id, `ID-${seen.size}`);
      return seen.get(id)!;
    },
  );
}

const withoutUndefined = (record: object) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
/** Names that YAML could take for other values, too. */
const name = fc.oneof(
  fc.constantFrom(
    'Berlin',
    'web',
    'yes',
    'null',
    '1',
    '0x1f',
    '~',
    '- a',
    'a: b',
    '#c',
    '"q"',
    'Munich/Süd',
    '日本',
    '&a',
    '*a',
  ),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .map(text => text.replace(/[\p{C}\p{Z}]/gu, '').trim() || 'x'),
);
const score = fc.integer({ min: 0, max: 100 });
const weight = fc.integer({ min: 0, max: 9 });
const routing = fc
  .record({
    preference: fc.constantFrom(...PREFERENCES),
    weights: fc.record({
      latency: fc.integer({ min: 1, max: 9 }),
      jitter: weight,
      loss: weight,
      bandwidth: weight,
      cost: weight,
    }),
    scores: fc.tuple(score, score),
    failback_hold_seconds: fc.integer({ min: 0, max: 86_400 }),
  })
  .map(({ weights, scores: [a, b], ...rest }) => ({
    ...rest,
    ...(rest.preference === 'CUSTOM' && { weights }),
    failover_below: Math.min(a, b),
    failback_above: Math.max(a, b),
  }));
const cidr = fc.constantFrom(
  '10.0.0.0/8',
  '10.1.2.3',
  '10.1.2.3/16',
  '2001:db8::/32',
  '2001:DB8::1',
  '0.0.0.0/0',
);
const port = fc.integer({ min: 0, max: 65_535 });
const policy = fc.record({
  name,
  priority: fc.integer({ min: 0, max: 3 }),
  enabled: fc.boolean(),
  match: fc
    .record({
      source_cidr: maybe(cidr),
      destination_cidr: maybe(cidr),
      source_port: maybe(port),
      ports: maybe(fc.tuple(port, maybe(port))),
      protocol: maybe(fc.integer({ min: 0, max: 255 })),
      application: maybe(fc.constantFrom(...APPLICATION_CLASSES)),
    })
    .map(({ ports, ...match }) => ({
      ...withoutUndefined(match),
      ...(ports && {
        destination_port_from: Math.min(ports[0], ports[1] ?? 65_535),
        ...(ports[1] !== undefined && { destination_port_to: Math.max(ports[0], ports[1]) }),
      }),
    })),
  routing: maybe(routing),
});
const endpoint = fc.record({
  address: fc.constantFrom(
    '203.0.113.7',
    '203.0.113.7:51820',
    '[2001:db8::1]:4791',
    '2001:db8::1',
    'wan.example',
  ),
  interface_type: fc.constantFrom(...INTERFACE_TYPES),
  cost_per_gb: fc.constantFrom(0, 0.02, 1e-7, 1_000_000),
  reachable: maybe(fc.boolean()),
});
const site = fc.record({
  name,
  location: maybe(name),
  public_key: maybe(
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Buffer.from(bytes).toString('base64')),
  ),
  endpoints: fc.array(endpoint, { maxLength: 2 }),
});
/** Indexes are modulo the number of existing objects. */
const networks = fc.record({
  policies: fc.array(policy, { maxLength: 4 }),
  default_routing: maybe(routing),
  sites: fc.array(site, { maxLength: 4 }),
  paths: fc.array(
    fc.record({ from: fc.nat(), to: fc.nat(), wg_interface: maybe(fc.constantFrom('wg0', 'wg1')) }),
    { maxLength: 5 },
  ),
  edges: fc.array(fc.record({ site: fc.nat(), interval_s: fc.integer({ min: 1, max: 3600 }) }), {
    maxLength: 3,
  }),
});
type Generated = typeof networks extends fc.Arbitrary<infer Value> ? Value : never;

/** Creates it with the mutations of the API, as people do. */
async function make({ policies, default_routing, sites, paths, edges }: Generated): Promise<void> {
  const tick = () => {
    api.now += 1000;
  };
  for (const { routing: route, ...fields } of policies) {
    const { id } = await api.data('Mutation.createPolicy', fields);
    if (route) await api.data('Mutation.setPolicyRouting', { policy_id: id, ...route });
    tick();
  }
  if (default_routing)
    await api.data('Mutation.setPolicyRouting', { policy_id: 'default', ...default_routing });
  const ends: { site_id: string; endpoint_id: string }[] = [];
  const ids: string[] = [];
  for (const { endpoints, ...fields } of sites) {
    const { id: site_id } = await api.data('Mutation.createSite', fields);
    ids.push(site_id);
    for (const [index, given] of endpoints.entries()) {
      // Each address once at a site.
      const address = index === 0 ? given.address : `second-${given.address.replace(/\W/g, '')}.example`;
      const { id } = await api.data('Mutation.addEndpoint', { site_id, ...given, address });
      ends.push({ site_id, endpoint_id: id });
    }
    tick();
  }
  const made = new Set<string>();
  for (const { from, to, wg_interface } of paths) {
    if (ends.length === 0) break;
    const [source, destination] = [ends[from % ends.length]!, ends[to % ends.length]!];
    const key = [JSON.stringify(source), JSON.stringify(destination)].sort().join();
    if (source.site_id === destination.site_id || made.has(key)) continue;
    made.add(key);
    await api.data('Mutation.createPath', {
      ...{ source_site_id: source.site_id, source_endpoint_id: source.endpoint_id },
      ...{ destination_site_id: destination.site_id, destination_endpoint_id: destination.endpoint_id },
      wg_interface,
    });
    tick();
  }
  for (const [index, { site: at, interval_s }] of edges.entries()) {
    if (ids.length === 0) break;
    await api.data('Mutation.registerEdge', {
      id: `edge-${index}`,
      site_id: ids[at % ids.length],
      interval_s,
    });
  }
}

it('has no steps for an export in its own system, creates the same in an empty one, and can be interrupted anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(networks, fc.nat(), async (generated, cut) => {
      const text = await withSystem(async () => {
        await make(generated);
        const text = await exported();
        expect((await planOf(text)).steps).toEqual([]);
        // A file that is applied to its own system changes nothing.
        const file = parseNetworkFile(text, 'net.yaml');
        expect(updatedFileText(file, await readSystem(graphql()))).toBe(text);
        return text;
      });
      await withSystem(async () => {
        const all = (await planOf(text)).steps.length;
        const first = all === 0 ? 0 : await apply(text, { until: 1 + (cut % all) });
        expect(first + (await apply(text))).toBe(all);
        expect((await planOf(text)).steps).toEqual([]);
        expect(withoutIds(await exported())).toBe(withoutIds(text));
      });
    }),
    { numRuns: 8 },
  );
}, 600_000);

it('turns any network into any other', async () => {
  await fc.assert(
    fc.asyncProperty(networks, networks, async (before, after) => {
      const text = await withSystem(async () => {
        await make(after);
        return exported();
      });
      await withSystem(async () => {
        await make(before);
        const file = parseNetworkFile(await exported(), 'net.yaml');
        await apply(text);
        expect((await planOf(text)).steps).toEqual([]);
        // A file of the earlier network is applied to it.
        const brought = updatedFileText(file, await readSystem(graphql()));
        expect((await planOf(brought)).steps).toEqual([]);
      });
    }),
    { numRuns: 5 },
  );
}, 600_000);
