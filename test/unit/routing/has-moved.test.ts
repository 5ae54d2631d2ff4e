import { describe, expect, it } from 'vitest';
import type { PathMetrics } from '../../../core/routing/health/path-metrics.ts';
import { hasMoved } from '../../../core/routing/metrics/has-moved.ts';

const stored: PathMetrics = {
  ...{ latency_ms: 100, jitter_ms: 2, packet_loss_pct: 1, bandwidth_mbps: 400 },
  ...{ measured_at: '2026-01-31T12:00:00.000Z', settled_score: 82 },
};

describe('the metrics of a path are stored again', () => {
  it.each<[Partial<PathMetrics>, boolean]>([
    [{}, false],
    [{ measured_at: '2026-01-31T12:09:59.999Z' }, false],
    [{ measured_at: '2026-01-31T12:10:00.000Z' }, true],
    [{ latency_ms: 119.9 }, false],
    [{ latency_ms: 120 }, true],
    [{ latency_ms: 80 }, true],
    [{ jitter_ms: 3.9 }, false],
    [{ jitter_ms: 4 }, true],
    [{ packet_loss_pct: 1.49 }, false],
    [{ packet_loss_pct: 1.5 }, true],
    [{ bandwidth_mbps: 499 }, false],
    [{ bandwidth_mbps: 500 }, true],
    [{ settled_score: 80.1 }, false],
    [{ settled_score: 79.99 }, true],
    [{ settled_score: 84 }, true],
    [{ packet_loss_pct: 100, settled_score: 82 }, true],
  ])('for %o: %s', (change, moved) => {
    expect(hasMoved(stored, { ...stored, ...change })).toBe(moved);
  });

  it('needs a minimum change for small figures', () => {
    const small = { ...stored, latency_ms: 1, bandwidth_mbps: 0 };
    expect(hasMoved(small, { ...small, latency_ms: 5.9 })).toBe(false);
    expect(hasMoved(small, { ...small, latency_ms: 6 })).toBe(true);
    expect(hasMoved(small, { ...small, bandwidth_mbps: 0.9 })).toBe(false);
  });
});
