import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { cacheSettingsSchema } from '../../../core/cache/cache-settings.ts';
import { makeContainerCaches } from '../../../functions/container-caches.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
let printed = '';

beforeAll(async () => {
  db = await createTables();
  vi.stubEnv('POWERTOOLS_DEV', 'false');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'Patronus');
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    printed += text;
    return true;
  });
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await db.drop();
});

it('emits the hit rate of each cache as a metric in the embedded format, with hits and misses, once in ten seconds', async () => {
  const metrics = {
    latency_ms: 10,
    jitter_ms: 1,
    packet_loss_pct: 0,
    bandwidth_mbps: 100,
    measured_at: '2026-01-31T12:00:00.000Z',
  };
  // A busy machine may need longer than a function would wait for the shared level.
  const settings = cacheSettingsSchema.parse({ CACHE_LIMIT_MS: '10000' });
  const { caches, settle } = makeContainerCaches({ client: db.client, table: db.tables.cache, settings });
  for (let lookUp = 0; lookUp < 4; lookUp++) await caches.metrics.getOrLoad('p-1', async () => metrics);
  await settle();
  expect(printed).not.toContain('CacheHitRate');
  vi.setSystemTime(Date.now() + 10_000);
  await settle();
  const lines = printed.split('\n').filter(line => line.includes('CacheHitRate'));
  expect(lines.map(line => JSON.parse(line))).toEqual([
    expect.objectContaining({
      _aws: expect.objectContaining({
        CloudWatchMetrics: [
          expect.objectContaining({
            Namespace: 'Patronus',
            Dimensions: [['service', 'cache']],
            Metrics: [{ Name: 'CacheHitRate', Unit: 'Percent' }],
          }),
        ],
      }),
      cache: 'metrics',
      service: 'caches',
      CacheHits: '3',
      CacheMisses: '1',
      CacheHitRate: 75,
    }),
  ]);
});
