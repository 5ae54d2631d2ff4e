import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { METRICS_CACHE } from '../../../../core/routing/metrics/metrics-cache.ts';
import { makeProductCaches } from '../../../../functions/product-caches.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
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
      message: 'The caches are cleared of 1 entry; within a second nothing old is served anywhere.',
      cleared_entries: 1,
      audit_id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    });
    api.now += 1000;
    expect(await caches.metrics.get('p-1')).toBeUndefined();
    const { items } = await api.data('Query.auditLog', { action: 'clearCache' });
    expect(items).toMatchObject([{ outcome: 'DONE', target: 'cache' }]);
  });

  it('is for administrators, and the refusal is audited', async () => {
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
