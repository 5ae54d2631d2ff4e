import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepCacheSample } from '../../../../core/cache/upkeep/cache-samples.ts';
import { UsageReporter } from '../../../../core/cache/upkeep/usage-reporter.ts';
import { METRICS_CACHE } from '../../../../core/routing/metrics/metrics-cache.ts';
import { CACHE_NAMES, makeProductCaches } from '../../../../functions/product-caches.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

let t: TestTables;
let api: ApiUnderTest;
beforeEach(async () => {
  t = await createTables();
  api = makeApi(t);
});
afterEach(() => t.drop());

const metrics = {
  latency_ms: 10,
  jitter_ms: 1,
  packet_loss_pct: 0,
  bandwidth_mbps: 100,
  measured_at: '2026-03-15T11:59:30.000Z',
};

const FIRST = Date.UTC(2026, 2, 15, 11, 50);
const MINUTE = 60_000;

/** Look-ups of the metrics cache by another container, added to those of all. */
async function lookUp(hits: number): Promise<void> {
  const caches = otherContainer();
  await caches.metrics.insert('p-1', metrics);
  for (let count = 0; count < hits; count++) await caches.metrics.get('p-1');
  const clock = () => api.now;
  const place = { client: t.client, table: t.tables.cache };
  const reporter = new UsageReporter({ ...place, caches: Object.values(caches), clock });
  api.now += 10_000;
  await reporter.report();
}

/** The caches of another container. */
function otherContainer() {
  const clock = () => api.now;
  return makeProductCaches({ client: t.client, table: t.tables.cache, clock, schedule: () => () => {} });
}

describe('cacheStats and clearCache', () => {
  it('count the shared entries, by cache and in total', async () => {
    const caches = otherContainer();
    await caches.metrics.insert('p-1', metrics);
    await caches.metrics.insertWithTtl('p-2', metrics, 1);
    api.now += 1000;
    const nothing = { hits: 0, misses: 0, hit_rate: 0 };
    expect(await api.data('Query.cacheStats', {}, { identity: personIn('viewer') })).toEqual([
      { name: METRICS_CACHE, total: 2, active: 1, expired: 1, ...nothing },
      { name: 'routing', total: 0, active: 0, expired: 0, ...nothing },
      { name: 'total', total: 2, active: 1, expired: 1, ...nothing },
    ]);
    expect(await api.data('Mutation.clearCache')).toEqual({
      success: true,
      message: 'Cleared 1 entry; within a second no function serves old entries.',
      cleared_entries: 1,
      audit_id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    });
    api.now += 1000;
    expect(await caches.metrics.get('p-1')).toBeUndefined();
    const { items } = await api.data('Query.auditLog', { action: 'clearCache' });
    expect(items).toMatchObject([{ outcome: 'DONE', target: 'cache' }]);
  });

  it('are for administrators, and a refusal is audited', async () => {
    expect(await api.call('Mutation.clearCache', {}, { identity: personIn('operator') })).toEqual({
      error: {
        type: 'Unauthorized',
        message: 'clearCache needs group admin, and you are in operator. Ask an administrator for it.',
      },
    });
    const { items } = await api.data('Query.auditLog', { action: 'clearCache' });
    expect(items).toMatchObject([{ outcome: 'REFUSED', target: 'cache', error_type: 'Unauthorized' }]);
  });
});

describe('cacheHistory', () => {
  it('returns the measurements of the clean-up, interval by interval', async () => {
    await keepCacheSample(
      storeContext(t, () => api.now),
      CACHE_NAMES,
      FIRST,
    );
    await lookUp(3);
    await keepCacheSample(
      storeContext(t, () => api.now),
      CACHE_NAMES,
      FIRST + 5 * MINUTE,
    );
    const range = { from: new Date(FIRST).toISOString(), to: new Date(FIRST + 5 * MINUTE).toISOString() };
    expect(await api.data('Query.cacheHistory', range, { identity: personIn('viewer') })).toEqual({
      at: ['2026-03-15T11:55:00.000Z'],
      caches: [
        { name: METRICS_CACHE, hit_rate: [1], lookups_per_second: [0.01], active: [1] },
        { name: 'routing', hit_rate: [null], lookups_per_second: [0], active: [0] },
        { name: 'total', hit_rate: [1], lookups_per_second: [0.01], active: [1] },
      ],
    });
  });

  it.each([
    [
      { from: '2026-03-15T11:00:00Z', to: '2026-03-15T11:00:00Z' },
      'from (2026-03-15T11:00:00.000Z) is not before to (2026-03-15T11:00:00.000Z): choose an earlier from or a later to.',
    ],
    [
      { from: '2026-03-08T10:59:59Z', to: '2026-03-15T11:00:00Z' },
      'The range of cacheHistory is at most seven days: choose a later from or an earlier to.',
    ],
  ])('with %j is rejected', async (range, message) => {
    expect(await api.call('Query.cacheHistory', range)).toMatchObject({
      error: { type: 'ValidationError', message },
    });
  });
});
