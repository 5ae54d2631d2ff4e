import { describe, expect, it } from 'vitest';
import type { CachedMetrics, MetricsCache } from '../../../core/routing/metrics/metrics-cache.ts';
import { NEVER_MEASURED } from '../../../core/routing/metrics/never-measured.ts';
import { isRecent, recentMetrics } from '../../../core/routing/metrics/recent-metrics.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const NOW = Date.UTC(2026, 0, 31, 12);
const MAX_AGE_MS = 300_000;

const measuredAgo = (ms: number) => ({
  ...{ latency_ms: 10, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 100 },
  measured_at: new Date(NOW - ms).toISOString(),
});

describe('a measurement', () => {
  it.each([
    [0, true],
    [MAX_AGE_MS, true],
    [MAX_AGE_MS + 1, false],
  ])('of %d ms ago describes the present state of its path: %s', async (ms, expected) => {
    const metrics = measuredAgo(ms);
    expect(isRecent(metrics, NOW)).toBe(expected);
    expect(await read(metrics)).toEqual(expected ? metrics : undefined);
  });

  it('that never took place describes nothing', async () => {
    expect(isRecent(undefined, NOW)).toBe(false);
    expect(await read(undefined)).toBeUndefined();
    expect(await read(NEVER_MEASURED)).toBeUndefined();
    // Right after 1970, when it would look recent.
    expect(await read(NEVER_MEASURED, 1)).toBeUndefined();
  });
});

/** The metrics that a route reads of a path with this cached value. */
function read(cached: CachedMetrics | undefined, now = NOW) {
  const cache: Partial<MetricsCache> = { getOrRead: async () => cached };
  const context = storeContext({ client: undefined as never, tables: TABLES }, () => now);
  return recentMetrics(context, cache as MetricsCache, 'p');
}
