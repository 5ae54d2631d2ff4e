import { GetCommand, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { cacheSettingsSchema } from '../../../core/cache/cache-settings.ts';
import { ROUTING_CACHE } from '../../../core/cache/forget-decisions.ts';
import { entryKey, generationKey, USAGE_KEY } from '../../../core/cache/shared/table-keys.ts';
import { clearCaches } from '../../../core/cache/upkeep/clear-caches.ts';
import { sweepCaches } from '../../../core/cache/upkeep/sweep-caches.ts';
import { readUsage, type Usage, UsageReporter } from '../../../core/cache/upkeep/usage-reporter.ts';
import { makeRoutingCache } from '../../../core/routing/decisions/routing-cache.ts';
import { METRICS_CACHE, makeMetricsCache } from '../../../core/routing/metrics/metrics-cache.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { auditEntries } from '../../support/audit-entries.ts';
import { type FakeTime, fakeTime } from '../../support/fake-time.ts';
import { withRights } from '../../support/rights/as-function.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

/** As the clean-up does. */
const sweep = withRights('cleanup', sweepCaches);

const CACHES = [METRICS_CACHE, ROUTING_CACHE];
const metrics = {
  latency_ms: 10,
  jitter_ms: 1,
  packet_loss_pct: 0,
  bandwidth_mbps: 100,
  measured_at: '2026-01-31T12:00:00.000Z',
};
const decision = { selected_path_id: 'p-1', reason: 'the only one', timestamp: '2026-01-31T12:00:00.000Z' };
const route = { policy_id: '1', source_site_id: 'a', destination_site_id: 'b' };

let db: TestTables;
let time: FakeTime;
beforeEach(async () => {
  db = await createTables();
  time = fakeTime();
});
afterEach(() => db.drop());

/** One container of a function, with its own memory. */
function makeContainer(more: { leaves_hot_keys?: boolean } = {}) {
  const place = { client: db.client, table: db.tables.cache, ...time };
  const caches = { metrics: makeMetricsCache(place), routing: makeRoutingCache(place) };
  const seen: [string, Usage][] = [];
  const troubles: unknown[] = [];
  const usage = new UsageReporter({
    client: db.client,
    table: db.tables.cache,
    caches: [caches.metrics, caches.routing],
    clock: time.clock,
    ...more,
    onUsage: (cache, news) => seen.push([cache, news]),
    onTrouble: cause => troubles.push(cause),
  });
  return { ...caches, usage, seen, troubles };
}

function makeContext(): StoreContext {
  return storeContext(db, time.clock);
}

async function itemsOf(table: string) {
  const { Items = [] } = await db.client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  return Items;
}

describe('clearCache', () => {
  it('clears every cache in every container within a second, counts the shared entries, and publishes an event', async () => {
    const [one, two] = [makeContainer(), makeContainer()];
    for (const path of ['p-1', 'p-2', 'p-3']) await one.metrics.insert(path, metrics);
    await one.routing.insert(route, decision);
    expect(await two.metrics.get('p-1')).toEqual(metrics);
    expect(await two.routing.get(route)).toEqual(decision);
    const { cleared_entries, audit_id } = await clearCaches(makeContext(), systemCaller('test'), CACHES);
    expect(cleared_entries).toBe(4);
    await time.advance(999);
    for (const container of [one, two, makeContainer()]) {
      expect(await container.metrics.get('p-1')).toBeUndefined();
      expect(await container.routing.get(route)).toBeUndefined();
    }
    expect(await auditEntries(db)).toMatchObject([
      {
        id: audit_id,
        operation: 'clearCache',
        outcome: 'DONE',
        event: { type: 'CACHE_CLEARED', data: { caches: CACHES, cleared_entries: 4 } },
      },
    ]);
    expect(await clearCaches(makeContext(), systemCaller('test'), CACHES)).toMatchObject({
      cleared_entries: 0,
    });
  });

  it('discards a load that was running in another container', async () => {
    const [one, two] = [makeContainer(), makeContainer()];
    await two.metrics.get('warm up');
    let finish = (_: typeof metrics) => {};
    const loading = two.metrics.getOrLoad('p-1', () => new Promise(resolve => (finish = resolve)));
    await clearCaches(makeContext(), systemCaller('test'), CACHES);
    finish(metrics);
    expect(await loading).toEqual(metrics);
    await two.metrics.settle();
    await time.advance(1000);
    expect(await two.metrics.get('p-1')).toBeUndefined();
    expect(await one.metrics.get('p-1')).toBeUndefined();
  });
});

describe('usage', () => {
  it('is summed up over containers, at most once in 10 s for each, in one write', async () => {
    const [one, two] = [makeContainer(), makeContainer()];
    await one.metrics.insert('p-1', metrics);
    await one.metrics.get('p-1');
    await one.usage.report();
    expect((await readUsage({ client: db.client, table: db.tables.cache }, CACHES)).get('metrics')).toEqual({
      hits: 0,
      misses: 0,
      hot_keys: [],
    });
    await time.advance(10_000);
    await one.metrics.get('p-2');
    await one.routing.get(route);
    await two.metrics.get('p-1');
    await Promise.all([one.usage.report(), two.usage.report()]);
    await one.metrics.get('p-1');
    await one.usage.report();
    const usage = await readUsage({ client: db.client, table: db.tables.cache }, CACHES);
    expect(usage.get('metrics')).toMatchObject({ hits: 2, misses: 1, hot_keys: ['p-1'] });
    expect(usage.get('routing')).toEqual({ hits: 0, misses: 1, hot_keys: [] });
    expect(one.seen).toEqual([
      ['metrics', { hits: 1, misses: 1 }],
      ['routing', { hits: 0, misses: 1 }],
    ]);
    await time.advance(10_000);
    await one.usage.report();
    const later = await readUsage({ client: db.client, table: db.tables.cache }, CACHES);
    expect(later.get('metrics')).toMatchObject({ hits: 3, misses: 1 });
    await time.advance(10_000);
    await one.usage.report();
    expect(one.seen).toHaveLength(3);
  });

  it('that could not be added is added the next time', async () => {
    const one = makeContainer();
    await one.metrics.get('p-1');
    await db.client.send(
      new UpdateCommand({
        TableName: db.tables.cache,
        Key: USAGE_KEY,
        UpdateExpression: 'SET metrics_misses = :text',
        ExpressionAttributeValues: { ':text': 'garbage' },
      }),
    );
    await time.advance(10_000);
    await one.usage.report();
    expect(one.troubles).toHaveLength(1);
    await db.client.send(
      new UpdateCommand({
        TableName: db.tables.cache,
        Key: USAGE_KEY,
        UpdateExpression: 'REMOVE metrics_misses',
      }),
    );
    await time.advance(10_000);
    await one.usage.report();
    const usage = await readUsage({ client: db.client, table: db.tables.cache }, CACHES);
    expect(usage.get('metrics')).toMatchObject({ misses: 1 });
  });

  it('that is invalid counts as missing', async () => {
    const Item = { ...USAGE_KEY, metrics_hits: 'many', metrics_hot: 'all of them', routing_hits: 3 };
    await db.client.send(new PutCommand({ TableName: db.tables.cache, Item }));
    expect([...(await readUsage({ client: db.client, table: db.tables.cache }, CACHES))]).toEqual([
      ['metrics', { hits: 0, misses: 0, hot_keys: [] }],
      ['routing', { hits: 3, misses: 0, hot_keys: [] }],
    ]);
  });

  it('of idle functions keeps the hot keys of active ones', async () => {
    const [one, two] = [makeContainer(), makeContainer({ leaves_hot_keys: false })];
    await one.metrics.insert('p-1', metrics);
    await one.metrics.get('p-1');
    await two.metrics.get('p-2');
    await time.advance(10_000);
    await one.usage.report();
    await two.usage.report();
    const usage = await readUsage({ client: db.client, table: db.tables.cache }, CACHES);
    expect(usage.get('metrics')).toEqual({ hits: 1, misses: 1, hot_keys: ['p-1'] });
  });

  it('names the keys with which a new container warms up', async () => {
    const one = makeContainer();
    await one.metrics.insert('p-1', metrics);
    await one.metrics.get('p-1');
    await time.advance(10_000);
    await one.usage.report();
    const usage = await readUsage({ client: db.client, table: db.tables.cache }, CACHES);
    const two = makeContainer();
    expect(await two.metrics.warm(usage.get('metrics')!.hot_keys)).toBe(1);
    expect(two.metrics.get('p-1')).toEqual(metrics);
  });
});

describe('sweep', () => {
  it('removes expired and cleared entries, and keeps live ones', async () => {
    const one = makeContainer();
    for (let index = 0; index < 30; index++) await one.metrics.insert(`cleared-${index}`, metrics);
    await clearCaches(makeContext(), systemCaller('test'), CACHES);
    await time.advance(1000);
    for (let index = 0; index < 20; index++) await one.metrics.insertWithTtl(`short-${index}`, metrics, 5);
    await one.metrics.insert('live', metrics);
    await time.advance(5000);
    const options = {
      client: db.client,
      table: db.tables.cache,
      caches: CACHES,
      clock: time.clock,
      deadline: Number.POSITIVE_INFINITY,
    };
    expect(await sweep(options)).toEqual({ removed: 50, finished: true });
    const left = (await itemsOf(db.tables.cache)).filter(item => item.pk.startsWith('ENTRY#'));
    expect(left).toMatchObject([entryKey(METRICS_CACHE, 1, 'live')]);
    expect(await sweep(options)).toEqual({ removed: 0, finished: true });
    const { Item } = await db.client.send(
      new GetCommand({ TableName: db.tables.cache, Key: generationKey(METRICS_CACHE) }),
    );
    expect(Item).toMatchObject({ generation: 1, swept: 1 });
  });

  it('checks at most the last twenty dead generations', async () => {
    const one = makeContainer();
    for (const [generation, key] of [
      [150, 'older'],
      [240, 'newer'],
    ] as const) {
      const Key = generationKey(METRICS_CACHE);
      await db.client.send(new PutCommand({ TableName: db.tables.cache, Item: { ...Key, generation } }));
      await time.advance(1000);
      await one.metrics.insert(key, metrics);
    }
    const raise = { ...generationKey(METRICS_CACHE), generation: 251 };
    await db.client.send(new PutCommand({ TableName: db.tables.cache, Item: raise }));
    const options = { client: db.client, table: db.tables.cache, caches: [METRICS_CACHE], clock: time.clock };
    expect(await sweep({ ...options, deadline: Number.POSITIVE_INFINITY })).toEqual({
      removed: 1,
      finished: true,
    });
    const left = (await itemsOf(db.tables.cache)).filter(item => item.pk.startsWith('ENTRY#'));
    expect(left).toMatchObject([entryKey(METRICS_CACHE, 150, 'older')]);
    const { Item } = await db.client.send(
      new GetCommand({ TableName: db.tables.cache, Key: generationKey(METRICS_CACHE) }),
    );
    expect(Item).toMatchObject({ generation: 251, swept: 251 });
  });

  it('starts no work after its deadline', async () => {
    const one = makeContainer();
    await one.metrics.insertWithTtl('short', metrics, 1);
    await time.advance(1000);
    const options = { client: db.client, table: db.tables.cache, caches: CACHES, clock: time.clock };
    expect(await sweep({ ...options, deadline: time.clock() })).toEqual({
      removed: 0,
      finished: false,
    });
  });
});

describe('a miss of a value from a single item', () => {
  const key = { pk: 'SOURCE', sk: 'p-1' };
  const parse = (item: Record<string, unknown> | undefined) => item?.metrics as typeof metrics | undefined;
  let alone: number;

  beforeEach(async () => {
    alone = 0;
    await db.client.send(new PutCommand({ TableName: db.tables.traffic, Item: { ...key, metrics } }));
  });

  const source = (sk = 'p-1') => ({
    address: { table: db.tables.traffic, key: { ...key, sk } },
    parse,
    async read() {
      alone++;
      const { Item } = await db.client.send(
        new GetCommand({ TableName: db.tables.traffic, Key: { ...key, sk } }),
      );
      return parse(Item);
    },
  });

  it('reads the shared entry and the item in one request, and prefers the shared entry', async () => {
    const [one, two] = [makeContainer(), makeContainer()];
    await one.metrics.get('warm up');
    expect(await one.metrics.getOrRead('p-1', source())).toEqual(metrics);
    expect(one.metrics.get('p-1')).toEqual(metrics);
    await one.metrics.settle();
    await two.metrics.get('warm up');
    const shared = { ...metrics, latency_ms: 99, measured_at: '2026-01-31T12:00:01.000Z' };
    await one.metrics.insert('p-2', shared);
    expect(await two.metrics.getOrRead('p-2', source())).toEqual(shared);
    expect(await two.metrics.getOrRead('p-3', source('nothing'))).toBeUndefined();
    expect(alone).toBe(0);
  });

  it('reads only the item in a container without a generation', async () => {
    const one = makeContainer();
    expect(await one.metrics.getOrRead('p-1', source())).toEqual(metrics);
    expect(alone).toBe(1);
    expect(one.metrics.get('p-1')).toEqual(metrics);
  });

  it('does not cache values that were read before a clear', async () => {
    const one = makeContainer();
    await one.metrics.get('warm up');
    await clearCaches(makeContext(), systemCaller('test'), CACHES);
    await time.advance(1000);
    expect(await one.metrics.getOrRead('p-1', source())).toEqual(metrics);
    expect(alone).toBe(1);
  });
});

describe('settings', () => {
  it('come from the environment, with defaults', () => {
    expect(cacheSettingsSchema.parse({ METRICS_CACHE_TTL_SECONDS: '5' })).toEqual({
      METRICS_CACHE_TTL_SECONDS: 5,
      ROUTING_CACHE_TTL_SECONDS: 30,
      CACHE_MAX_ENTRIES: 10_000,
      CACHE_MAX_BYTES: 33_554_432,
      CACHE_LIMIT_MS: 50,
      CACHE_WRITE_INTERVAL_MS: 1000,
    });
  });

  it.each(['0', '-1', 'soon', '86401', ''])('reject a TTL of "%s"', ttl => {
    expect(() => cacheSettingsSchema.parse({ ROUTING_CACHE_TTL_SECONDS: ttl })).toThrow(
      'ROUTING_CACHE_TTL_SECONDS',
    );
  });
});
