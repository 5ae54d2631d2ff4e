import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthScore, healthStatus } from '../../../core/routing/health/health-score.ts';
import { judgedLoss } from '../../../core/routing/health/judged-loss.ts';
import { pathMetricsSchema } from '../../../core/routing/health/path-metrics.ts';

const PERFECT = { latency_ms: 0, jitter_ms: 0, packet_loss_pct: 0 };

describe('health score', () => {
  it.each([
    [{}, 100, 'optimal'],
    [{ packet_loss_pct: 1 }, 100 * (1 - 95 / 5.3 / 93.2), 'optimal'],
    [{ packet_loss_pct: 4.1 }, 50.25, 'degraded'],
    [{ packet_loss_pct: 4.2 }, 49.63, 'failed'],
    [{ packet_loss_pct: 99 }, 2.31, 'failed'],
    [{ packet_loss_pct: 100 }, 0, 'failed'],
    [{ latency_ms: 354.6 }, 100 * (1 - (0.024 * 177.3) / 93.2), 'optimal'],
    [{ latency_ms: 980 }, 50.48, 'degraded'],
    [{ latency_ms: 990 }, 49.76, 'failed'],
    [{ latency_ms: 10_000 }, 0, 'failed'],
    [{ jitter_ms: 88.65 }, 100 * (1 - (0.024 * 177.3) / 93.2), 'optimal'],
    [{ jitter_ms: 250 }, 49.04, 'failed'],
    [
      { latency_ms: 100, jitter_ms: 10, packet_loss_pct: 2 },
      100 * (1 - (1.68 + 190 / 6.3) / 93.2),
      'degraded',
    ],
  ])('with %o is %d, %s', (metrics, score, status) => {
    const measured = healthScore({ ...PERFECT, ...metrics });
    expect(measured).toBeCloseTo(score, 2);
    expect(healthStatus(measured)).toBe(status);
  });

  it.each([
    [100, 'optimal'],
    [80, 'optimal'],
    [79.99, 'degraded'],
    [50, 'degraded'],
    [49.99, 'failed'],
    [0, 'failed'],
  ])('of %d is %s', (score, status) => {
    expect(healthStatus(score)).toBe(status);
  });

  const milliseconds = fc.double({ min: 0, max: 20_000, noNaN: true });
  const loss = fc.double({ min: 0, max: 100, noNaN: true });
  const measured = fc.record({ latency_ms: milliseconds, jitter_ms: milliseconds, packet_loss_pct: loss });

  it('is from 0 to 100, and never higher when a component gets worse', () => {
    fc.assert(
      fc.property(measured, fc.double({ min: 0, max: 100, noNaN: true }), (one, more) => {
        const score = healthScore(one);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
        const { latency_ms, jitter_ms, packet_loss_pct } = one;
        for (const worse of [
          { ...one, latency_ms: latency_ms + more },
          { ...one, jitter_ms: jitter_ms + more },
          { ...one, packet_loss_pct: Math.min(100, packet_loss_pct + more) },
        ]) {
          expect(healthScore(worse)).toBeLessThanOrEqual(score);
        }
      }),
    );
  });

  it('has no jumps below 100 % loss: a small step changes it a little', () => {
    const steepest = { latency_ms: 0.08, jitter_ms: 0.3, packet_loss_pct: 24 };
    const belowAll = fc.double({ min: 0, max: 99.99, noNaN: true });
    fc.assert(
      fc.property(measured, belowAll, fc.constantFrom(...keysOf(steepest)), (one, lost, component) => {
        const at = { ...one, packet_loss_pct: lost };
        const step = component === 'packet_loss_pct' ? Math.min(0.01, (99.999 - lost) / 2) : 0.01;
        const beside = { ...at, [component]: at[component] + step };
        expect(healthScore(at) - healthScore(beside)).toBeLessThanOrEqual(steepest[component] * step + 1e-9);
      }),
    );
  });

  it.each(['latency_ms', 'jitter_ms', 'packet_loss_pct'] as const)(
    'is failed because of %s alone',
    component => {
      const values = Array.from({ length: 1001 }, (_, step) =>
        component === 'packet_loss_pct' ? step / 10 : step * 20,
      );
      const classes = values.map(value => healthStatus(healthScore({ ...PERFECT, [component]: value })));
      expect([...new Set(classes)]).toEqual(['optimal', 'degraded', 'failed']);
      expect(classes).toEqual([...classes].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    },
  );
});

const order = ['optimal', 'degraded', 'failed'];
const keysOf = <T extends object>(value: T) => Object.keys(value) as (keyof T)[];

describe('metrics from an argument', () => {
  const METRICS = {
    ...{ latency_ms: 20, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 500 },
    ...{ settled_score: 90, measured_at: '2026-01-31T11:59:30.000Z' },
  };

  it.each([
    {},
    { latency_ms: 0, jitter_ms: 0, bandwidth_mbps: 0, settled_score: 0 },
    { packet_loss_pct: 100, settled_score: 100 },
    { settled_score: undefined },
  ])('may have %o', more => {
    expect(pathMetricsSchema.parse({ ...METRICS, ...more })).toEqual({ ...METRICS, ...more });
  });

  it.each([
    { latency_ms: -1 },
    { jitter_ms: -1 },
    { packet_loss_pct: -1 },
    { packet_loss_pct: 101 },
    { bandwidth_mbps: -1 },
    { settled_score: -1 },
    { settled_score: 101 },
    { measured_at: 'today' },
    { latency_ms: null },
  ])('cannot have %o', more => {
    expect(pathMetricsSchema.safeParse({ ...METRICS, ...more }).success).toBe(false);
  });
});

describe('the judged loss of one series', () => {
  it.each([
    ['one of 20 is 1 % without earlier packets', 20, 19, undefined, 1],
    ['the known loss fills in for missing packets', 20, 19, 1, 1.8],
    ['none of 20 is all', 20, 0, 0, 100],
    ['none of 19 is not', 19, 0, 0, 19],
    ['a path that was dead starts again', 20, 20, 100, 0],
    ['100 packets are enough on their own', 100, 97, 50, 3],
    ['more packets are enough on their own', 1000, 997, 50, 0.3],
  ])('%s', (_name, sent, received, known, loss) => {
    expect(judgedLoss({ sent, received }, known)).toBeCloseTo(loss, 9);
  });
});
