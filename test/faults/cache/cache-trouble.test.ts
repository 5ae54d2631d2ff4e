import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryKey, generationKey, USAGE_KEY } from '../../../core/cache/shared/table-keys.ts';
import { registerEdge } from '../../../core/inventory/edges/change-edges.ts';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { PathMonitor } from '../../../core/routing/failover/path-monitor.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { systemSchedule } from '../../../core/time/schedule.ts';
import { makeProductCaches } from '../../../functions/product-caches.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { edgeAtSource, measuringReports } from '../../support/measuring-reports.ts';
import { admin, newSite } from '../../support/network-bed.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let t: TestTables;
beforeEach(async () => {
  t = await createTables();
});
afterEach(() => t.drop());

type Send = (command: { input: object }, options?: { abortSignal?: AbortSignal }) => Promise<unknown>;

const down = async () => {
  throw Object.assign(new Error('Requested resource not found'), { name: 'ResourceNotFoundException' });
};
const never: Send = (_command, { abortSignal } = {}) =>
  new Promise((_resolve, reject) => {
    abortSignal?.addEventListener('abort', () => reject(abortSignal.reason));
  });

interface Trouble {
  /** Replaces requests to the Cache table. */
  instead?: Send;
  /** Replaces transactions, which have no other time limit than the database's. */
  transactions?: boolean;
  /** Puts invalid data where the function reads. */
  spoil?: (world: World) => Promise<void>;
  kinds: string[];
  /** The answers of clearCache and cacheStats. */
  reachable: boolean;
}

/** A client of the test's tables on which only the Cache table fails. */
function troubled({ instead, transactions = true }: Trouble): DynamoDBDocumentClient {
  const send: Send = (command, options) => {
    const concerned = JSON.stringify(command.input, (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    ).includes(`"${t.tables.cache}"`);
    const spared = 'TransactItems' in command.input && !transactions;
    if (instead && concerned && !spared) return instead(command, options);
    return t.client.send(command as PutCommand, options);
  };
  return new Proxy(t.client, {
    get: (target, name) => (name === 'send' ? send : Reflect.get(target, name)),
  });
}

interface World {
  sites: { source_site_id: string; destination_site_id: string };
  fast: string;
  slow: string;
}

async function makeWorld(context: StoreContext): Promise<World> {
  const [a, b] = [await newSite(context, 'A'), await newSite(context, 'B')];
  const ids: string[] = [];
  for (const endpoint_id of ['wan1', 'wan2']) {
    for (const { id } of [a, b]) {
      const endpoint = { endpoint_id, address: `${endpoint_id}.example.com`, interface_type: 'FIBER' };
      await addEndpoint(context, admin, { site_id: id, ...endpoint });
    }
    const path = await createPath(context, admin, {
      ...{ source_site_id: a.id, source_endpoint_id: endpoint_id },
      ...{ destination_site_id: b.id, destination_endpoint_id: endpoint_id },
    });
    ids.push(path.id);
  }
  await registerEdge(context, admin, { id: edgeAtSource(ids[0]!), site_id: a.id });
  return { sites: { source_site_id: a.id, destination_site_id: b.id }, fast: ids[0]!, slow: ids[1]! };
}

const put = (Item: object) => t.client.send(new PutCommand({ TableName: t.tables.cache, Item }));

async function spoilEntries({ sites, fast, slow }: World): Promise<void> {
  const route = JSON.stringify(['default', sites.source_site_id, sites.destination_site_id]);
  for (const generation of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    for (const key of [fast, slow]) await put({ ...entryKey('metrics', generation, key), value: 7 });
    await put({ ...entryKey('routing', generation, route), shape: 1, value: '{', expires_ms: 1e15 });
  }
}

async function spoilStates(): Promise<void> {
  for (const cache of ['metrics', 'routing']) await put({ ...generationKey(cache), generation: 'newest' });
  await put({ ...USAGE_KEY, metrics_hits: 'many', metrics_hot: 'all of them' });
}

const cases: [string, Trouble][] = [
  ['down', { instead: down, kinds: ['failed'], reachable: false }],
  ['slow', { instead: never, transactions: false, kinds: ['slow'], reachable: false }],
  ['full of broken entries', { spoil: spoilEntries, kinds: ['garbage'], reachable: true }],
  ['full of broken states', { spoil: spoilStates, kinds: ['failed'], reachable: false }],
];

describe.each(cases)('with the Cache table %s', (_name, trouble) => {
  const unreachable = {
    error: {
      type: 'Throttled',
      message:
        'The shared caches cannot be reached at the moment. Requests are served without them; try again in a minute.',
    },
  };

  it('every operation with caches is answered, and the trouble is reported', async () => {
    const client = troubled(trouble);
    const kinds = new Set<string>();
    // On a busy machine requests may take longer than the limit: it applies only where no answer
    // comes.
    const schedule = trouble.instead === never ? systemSchedule : () => () => {};
    const place = { client, table: t.tables.cache, clock: () => api.now, schedule };
    // Each request uses a new function, so that none skips the shared level because of an earlier
    // one.
    const caches = () => makeProductCaches({ ...place, onTrouble: (_cache, kind) => kinds.add(kind) });
    const api: ApiUnderTest = makeApi(
      { client, tables: t.tables },
      {
        get caches() {
          return caches();
        },
        query_budget: { units: 240, ...(trouble.instead === never && { wait_ms: 1 }) },
      },
    );
    const context: StoreContext = {
      ...{ client: t.client, tables: t.tables, clock: () => api.now, sleep: async () => {} },
      ...{ random: () => 0, deadline: Number.POSITIVE_INFINITY },
    };
    const world = await makeWorld(context);
    const { sites, fast, slow } = world;
    await trouble.spoil?.(world);
    const measure = async (path_id: string, latency_ms: number) => {
      const troubles: unknown[] = [];
      const monitor = new PathMonitor(caches(), { onTrouble: (_path, cause) => troubles.push(cause) });
      const measured_at = new Date(api.now).toISOString();
      const totals = { tx_packets: 0n, tx_bytes: 0n, rx_packets: 0n, rx_bytes: 0n };
      const figures = { latency_ms, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 100 };
      const reports = measuringReports([{ path_id, measured_at, ...figures, ...totals }], api.now);
      await monitor.observe({ ...context, client }, reports);
      expect(troubles).toEqual([]);
    };
    const decide = async () =>
      (await api.data('Query.routingDecision', { policy_id: 'default', ...sites })).selected_path_id;
    const later = () => {
      api.now += 1000;
    };
    await measure(fast, 10);
    await measure(slow, 40);
    await trouble.spoil?.(world);
    expect(await decide()).toBe(fast);
    const { items } = await api.data('Query.paths', { site_id: sites.source_site_id });
    expect(items).toHaveLength(2);
    await api.data('Query.siteDeletionPreview', { site_id: sites.source_site_id });
    await api.data('Mutation.setPolicyRouting', { policy_id: 'default' });
    await api.data('Mutation.checkPathHealth', { path_id: fast });
    later();
    await measure(slow, 30);
    await api.data('Mutation.failoverPath', { path_id: fast });
    later();
    expect(await decide()).toBe(slow);
    const made = await api.data('Mutation.createPath', {
      ...sites,
      source_endpoint_id: 'wan1',
      destination_endpoint_id: 'wan2',
    });
    await measure(made.id, 5);
    later();
    expect(await decide()).toBe(made.id);
    await api.data('Mutation.deletePath', { path_id: made.id });
    later();
    expect(await decide()).toBe(slow);
    await api.data('Mutation.removeEndpoint', { site_id: sites.source_site_id, endpoint_id: 'wan2' });
    later();
    expect(await decide()).toBeNull();
    for (const operation of ['deleteSite', 'restoreSite']) {
      await api.data(`Mutation.${operation}`, { site_id: sites.source_site_id });
      later();
    }
    expect(await decide()).toBeNull();
    expect([...kinds]).toEqual(trouble.kinds);
    const asked = [await api.call('Query.cacheStats'), await api.call('Mutation.clearCache')];
    if (trouble.reachable) for (const answer of asked) expect(answer).toHaveProperty('data');
    else expect(asked).toEqual([unreachable, unreachable]);
  });
});
