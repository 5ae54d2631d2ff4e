import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cache } from '../../../core/cache/cache.ts';
import type { CacheOptions } from '../../../core/cache/cache-options.ts';
import { isExpired } from '../../../core/cache/expiry.ts';
import { tableStore } from '../../../core/cache/shared/shared-store.ts';
import { jsonCodec } from '../../../core/cache/value-codec.ts';
import { makeRoutingCache } from '../../../core/routing/decisions/routing-cache.ts';
import { makeMetricsCache } from '../../../core/routing/metrics/metrics-cache.ts';
import { type FakeTime, fakeTime } from '../../support/fake-time.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
let names = 0;
beforeAll(async () => {
  db = await createTables();
});
afterAll(() => db.drop());

type Options = Partial<CacheOptions<string, string>>;

const kinds: [string, (time: FakeTime, name: string) => Options][] = [
  ['in memory', () => ({})],
  [
    'over the table',
    (time, cache) => ({
      shared: tableStore<string>({
        client: db.client,
        table: db.tables.cache,
        cache,
        codec: jsonCodec({ shape: 1, parse: String }),
        clock: time.clock,
      }),
    }),
  ],
];

// The twelve tests of the seed, by their names; their "TTL of 100 ms" is time of the fake clock.
describe.each(kinds)('cache %s', (_kind, optionsOf) => {
  function make(ttl_seconds: number) {
    const time = fakeTime();
    const name = `seed-${names++}`;
    const cache = new Cache<string, string>({
      name,
      ttl_seconds,
      clock: time.clock,
      // Real requests under a fake clock: no limit applies, and rewriting is not tested here.
      schedule: time.schedule,
      write_interval_ms: 0,
      ...optionsOf(time, name),
    });
    return { cache, time };
  }

  it('test_cache_basic_operations', async () => {
    const { cache } = make(60);
    await cache.insert('key1', 'value1');
    await cache.insert('key2', 'value2');
    expect(await cache.get('key1')).toBe('value1');
    expect(await cache.get('key2')).toBe('value2');
    expect(await cache.get('key3')).toBeUndefined();
  });

  it('test_cache_expiration', async () => {
    const { cache, time } = make(0.1);
    await cache.insert('key', 'value');
    await time.advance(99);
    expect(await cache.get('key')).toBe('value');
    await time.advance(1);
    expect(await cache.get('key')).toBeUndefined();
  });

  it('test_cache_custom_ttl', async () => {
    const { cache, time } = make(60);
    await cache.insertWithTtl('short', 'value', 0.1);
    await cache.insert('long', 'value');
    await time.advance(100);
    expect(await cache.get('short')).toBeUndefined();
    expect(await cache.get('long')).toBe('value');
  });

  it('test_cache_remove', async () => {
    const { cache } = make(60);
    await cache.insert('key', 'value');
    expect(await cache.remove('key')).toBe(true);
    expect(await cache.get('key')).toBeUndefined();
    expect(await cache.remove('key')).toBe(false);
  });

  it('test_cache_cleanup_expired', async () => {
    const { cache, time } = make(0.1);
    for (const key of ['a', 'b', 'c']) await cache.insert(key, key);
    await time.advance(100);
    expect(await cache.stats()).toMatchObject({ total: 3, active: 0, expired: 3 });
    expect(await cache.cleanupExpired()).toBe(3);
    expect(await cache.stats()).toMatchObject({ total: 0, active: 0, expired: 0 });
  });

  it('test_cache_cleanup_partial', async () => {
    const { cache, time } = make(60);
    await cache.insertWithTtl('short1', 'x', 0.1);
    await cache.insertWithTtl('short2', 'x', 0.1);
    await cache.insert('long', 'y');
    await time.advance(100);
    expect(await cache.cleanupExpired()).toBe(2);
    expect(await cache.stats()).toMatchObject({ total: 1, active: 1, expired: 0 });
    expect(await cache.get('long')).toBe('y');
  });

  it('test_cache_clear', async () => {
    const { cache } = make(60);
    for (let i = 0; i < 10; i++) await cache.insert(`key${i}`, 'value');
    expect(await cache.clear()).toBe(10);
    expect(await cache.get('key0')).toBeUndefined();
    expect(await cache.stats()).toMatchObject({ total: 0, active: 0, expired: 0 });
  });

  it('test_cache_stats', async () => {
    const { cache, time } = make(60);
    expect(await cache.stats()).toEqual({
      total: 0,
      active: 0,
      expired: 0,
      hits: 0,
      misses: 0,
      hit_rate: 0,
    });
    await cache.insertWithTtl('short', 'x', 0.1);
    await cache.insert('long', 'y');
    await time.advance(100);
    await cache.get('long');
    await cache.get('long');
    await cache.get('long');
    await cache.get('short');
    expect(await cache.stats()).toEqual({
      total: 2,
      active: 1,
      expired: 1,
      hits: 3,
      misses: 1,
      hit_rate: 0.75,
    });
  });

  it('test_cache_overwrite', async () => {
    const { cache } = make(60);
    await cache.insert('key', 'value1');
    await cache.insert('key', 'value2');
    expect(await cache.get('key')).toBe('value2');
    expect(await cache.stats()).toMatchObject({ total: 1 });
  });
});

describe('caches of single subjects', () => {
  it('test_metrics_cache', async () => {
    const time = fakeTime();
    const cache = makeMetricsCache({ client: db.client, table: db.tables.cache, ...time });
    const metrics = {
      latency_ms: 12.5,
      jitter_ms: 0.8,
      packet_loss_pct: 0.1,
      bandwidth_mbps: 940,
      measured_at: '2026-01-31T12:00:00.000Z',
    };
    await cache.insert('p-1', metrics);
    expect(await cache.get('p-1')).toEqual(metrics);
    await time.advance(60_000);
    expect(await cache.get('p-1')).toBeUndefined();
  });

  it('test_routing_cache', async () => {
    const time = fakeTime();
    const cache = makeRoutingCache({ client: db.client, table: db.tables.cache, ...time });
    const key = { policy_id: '7', source_site_id: 'site-a', destination_site_id: 'site-b' };
    const decision = {
      selected_path_id: 'p-1',
      reason: 'lowest latency',
      timestamp: '2026-01-31T12:00:00.000Z',
    };
    await cache.insert(key, decision);
    expect(await cache.get(key)).toEqual(decision);
    expect(await cache.get({ ...key, destination_site_id: 'site-c' })).toBeUndefined();
    await time.advance(30_000);
    expect(await cache.get(key)).toBeUndefined();
  });

  it('test_cached_entry', () => {
    const entry = { value: 'value', expires_ms: 1000, generation: 0, size: 7 };
    expect(isExpired(entry, 999)).toBe(false);
    expect(isExpired(entry, 1000)).toBe(true);
    expect(isExpired(entry, 1001)).toBe(true);
  });
});
