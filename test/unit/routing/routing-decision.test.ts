import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosePath, type PathCandidate, standingOf } from '../../../core/routing/choice/choose-path.ts';
import {
  DEFAULT_PREFERENCE,
  type PathPreference,
  pathPreferenceSchema,
} from '../../../core/routing/choice/path-preference.ts';
import { makeDecision, routingDecisionSchema } from '../../../core/routing/choice/routing-decision.ts';
import { pathComponents, weightedScore } from '../../../core/routing/choice/weighted-score.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const good = { latency_ms: 20, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 500 };

function path(path_id: string, metrics: Partial<typeof good> | undefined = {}, more = {}): PathCandidate {
  return {
    path_id,
    cost_per_gb: 0.05,
    out: false,
    metrics: { ...good, ...metrics, measured_at: '2026-01-31T11:59:30.000Z' },
    ...more,
  };
}

const unmeasured = (path_id: string): PathCandidate => ({ path_id, cost_per_gb: 0.05, out: false });
const failed = { latency_ms: 500, packet_loss_pct: 10 };

describe('components', () => {
  it.each([
    [
      { latency_ms: 0, jitter_ms: 0, packet_loss_pct: 0, bandwidth_mbps: 1000, cost_per_gb: 0 },
      [100, 100, 100, 100, 100],
    ],
    [
      { latency_ms: 50, jitter_ms: 10, packet_loss_pct: 5, bandwidth_mbps: 500, cost_per_gb: 0.05 },
      [75, 80, 95, 50, 75],
    ],
    [
      { latency_ms: 999, jitter_ms: 99, packet_loss_pct: 100, bandwidth_mbps: 0, cost_per_gb: 0.2 },
      [0, 0, 0, 0, 0],
    ],
    [
      { latency_ms: 200, jitter_ms: 50, packet_loss_pct: 0, bandwidth_mbps: 9000, cost_per_gb: 9 },
      [0, 0, 100, 100, 0],
    ],
  ])('of %o', (choosable, [latency, jitter, loss, bandwidth, cost]) => {
    const components = pathComponents(choosable);
    expect(components).toEqual({ latency, jitter, loss, bandwidth, cost });
    const equal = { latency: 2, jitter: 2, loss: 2, bandwidth: 2, cost: 2 };
    expect(weightedScore(choosable, equal)).toBeCloseTo(
      (latency! + jitter! + loss! + bandwidth! + cost!) / 5,
      9,
    );
  });
});

describe('preference', () => {
  it.each([
    [{ kind: 'CUSTOM', weights: { latency: -1 } }],
    [{ kind: 'CUSTOM', weights: { latency: 0, loss: 0 } }],
    [{ kind: 'CUSTOM', weights: {} }],
    [{ kind: 'CUSTOM', weights: { latency: Number.NaN } }],
    [{ kind: 'CUSTOM', weights: { cost: Number.POSITIVE_INFINITY } }],
    [{ kind: 'CUSTOM' }],
    [{ kind: 'FASTEST' }],
  ])('%o is rejected', raw => {
    expect(pathPreferenceSchema.safeParse(raw).success).toBe(false);
  });
});

const custom: PathPreference = {
  kind: 'CUSTOM',
  weights: { latency: 1, jitter: 0, loss: 0, bandwidth: 1, cost: 0 },
};
const latency: PathPreference = { kind: 'LOWEST_LATENCY' };

describe('decision', () => {
  const cases: [string, PathCandidate[], PathPreference, string | null, string][] = [
    [
      'selects the lowest latency',
      [path('p-1', { latency_ms: 20 }), path('p-2', { latency_ms: 12.5 }), path('p-3', { latency_ms: 90 })],
      latency,
      'p-2',
      'Path p-2 has the lowest latency, 12.5 ms: 7.5 ms less than the runner-up p-1 (20 ms).',
    ],
    [
      'selects the highest bandwidth, also beyond the range of the component',
      [path('p-1', { bandwidth_mbps: 1000 }), path('p-2', { bandwidth_mbps: 10_000 })],
      { kind: 'HIGHEST_BANDWIDTH' },
      'p-2',
      'Path p-2 has the highest bandwidth, 10000 Mbit/s: 9000 Mbit/s more than the runner-up p-1 (1000 Mbit/s).',
    ],
    [
      'selects the lowest packet loss',
      [path('p-1', { packet_loss_pct: 0.5 }), path('p-2', { packet_loss_pct: 0.1 })],
      { kind: 'LOWEST_PACKET_LOSS' },
      'p-2',
      'Path p-2 has the lowest packet loss, 0.1 %: 0.4 percentage points less than the runner-up p-1 (0.5 %).',
    ],
    [
      'selects the lowest cost',
      [path('p-1'), path('p-2', {}, { cost_per_gb: 0.02 })],
      { kind: 'LOWEST_COST' },
      'p-2',
      'Path p-2 has the lowest cost, 0.02 per GB: 0.03 per GB less than the runner-up p-1 (0.05 per GB).',
    ],
    [
      'weighs as the policy wants',
      [
        path('p-1', { latency_ms: 10, bandwidth_mbps: 100 }),
        path('p-2', { latency_ms: 60, bandwidth_mbps: 900 }),
      ],
      custom,
      'p-2',
      'Path p-2 has the best weighted score, 80 points: 27.5 points more than the runner-up p-1 (52.5 points).',
    ],
    [
      'breaks a tie by the lower id, numbers as numbers',
      [path('10'), path('9')],
      latency,
      '9',
      'Path 9 has the lowest latency, 20 ms, the same as 10: ties go to the lower id.',
    ],
    [
      'never selects a failed path while another is up',
      [path('p-1', failed), path('p-2', { latency_ms: 150 })],
      { kind: 'HIGHEST_BANDWIDTH' },
      'p-2',
      'Path p-2 is the only one that is up; the runner-up p-1 has failed.',
    ],
    [
      'prefers an optimal path to a degraded one, whatever the preference is',
      [path('p-1', { packet_loss_pct: 2, bandwidth_mbps: 9000 }), path('p-2', { latency_ms: 150 })],
      { kind: 'HIGHEST_BANDWIDTH' },
      'p-2',
      'Path p-2 is the only one that is optimal; the runner-up p-1 is degraded.',
    ],
    [
      'prefers a degraded path to one that was not measured',
      [unmeasured('p-1'), path('p-2', { packet_loss_pct: 2 })],
      latency,
      'p-2',
      'Path p-2 is the only one that is up; the runner-up p-1 has not been measured lately.',
    ],
    [
      'uses the settled score if there is one',
      [path('p-1', { latency_ms: 10 }, {}), path('p-2', { packet_loss_pct: 2 })].map(one => ({
        ...one,
        metrics: { ...one.metrics!, settled_score: one.path_id === 'p-1' ? 79.9 : 80 },
      })),
      latency,
      'p-2',
      'Path p-2 is the only one that is optimal; the runner-up p-1 is degraded.',
    ],
    [
      'selects an unmeasured path rather than a failed one',
      [path('p-1', failed), unmeasured('p-2')],
      latency,
      'p-2',
      'Path p-2 is the only one that is not failed; the runner-up p-1 has failed.',
    ],
    [
      'uses the id if nothing is measured',
      [unmeasured('p-2'), unmeasured('p-1')],
      latency,
      'p-1',
      'No path has been measured lately: p-1 has the lowest id, before p-2.',
    ],
    [
      'uses the cost, which is known, if nothing is measured',
      [unmeasured('p-1'), { ...unmeasured('p-2'), cost_per_gb: 0.02 }],
      { kind: 'LOWEST_COST' },
      'p-2',
      'Path p-2 has the lowest cost, 0.02 per GB: 0.03 per GB less than the runner-up p-1 (0.05 per GB), though it has not been measured lately.',
    ],
    [
      'selects the only path left even without measurements, and counts those that are out',
      [unmeasured('p-1'), path('p-2', {}, { out: true }), path('p-3', { packet_loss_pct: 100 })],
      latency,
      'p-1',
      'Path p-1 is the only one that can be used, though it has not been measured lately; 2 paths are out of use.',
    ],
    [
      'selects the best failed path if no other is left, and says so',
      [path('p-1', { ...failed, latency_ms: 400 }), path('p-2', failed), path('p-3', {}, { out: true })],
      latency,
      'p-1',
      'Path p-1 has the lowest latency, 400 ms: 100 ms less than the runner-up p-2 (500 ms), though its health has failed and no path is up; 1 path is out of use.',
    ],
    [
      'says when there is only one path',
      [path('p-1')],
      latency,
      'p-1',
      'Path p-1 is the only one that can be used.',
    ],
    [
      'never selects a path that is out or dead',
      [path('p-1', {}, { out: true }), path('p-2', { packet_loss_pct: 100 })],
      latency,
      null,
      'All 2 paths between these sites are down or taken out of use.',
    ],
    [
      'says when the only path is out',
      [path('p-1', {}, { out: true })],
      latency,
      null,
      'The only path between these sites is down or taken out of use.',
    ],
    ['says when there is no path', [], latency, null, 'There is no path between these sites.'],
  ];

  it.each(cases)('%s', (_name, candidates, preference, selected_path_id, reason) => {
    expect(makeDecision(candidates, { preference, now: NOW })).toEqual({
      selected_path_id,
      reason,
      timestamp: '2026-01-31T12:00:00.000Z',
    });
  });

  it('is read back as it was stored', () => {
    const decision = makeDecision([path('p-1')], { preference: DEFAULT_PREFERENCE, now: NOW });
    expect(routingDecisionSchema.parse(decision)).toEqual(decision);
    expect(decision.reason).toBe('Path p-1 is the only one that can be used.');
    for (const wrong of [{ selected_path_id: 1 }, { reason: null }, { timestamp: 'today' }]) {
      expect(routingDecisionSchema.safeParse({ ...decision, ...wrong }).success).toBe(false);
    }
  });

  it('without a preference prefers the lowest latency', () => {
    const candidates = [path('p-1', { latency_ms: 30 }), path('p-2', { latency_ms: 20 })];
    expect(makeDecision(candidates, { preference: DEFAULT_PREFERENCE, now: NOW }).reason).toBe(
      'Path p-2 has the lowest latency, 20 ms: 10 ms less than the runner-up p-1 (30 ms).',
    );
  });

  const anyPath = fc.record({
    path_id: fc.constantFrom('1', '2', '3', '10', 'a', 'b', 'c'),
    cost_per_gb: fc.constantFrom(0, 0.05, 0.1),
    out: fc.boolean(),
    metrics: fc.option(
      fc.record({
        latency_ms: fc.constantFrom(10, 20, 300),
        jitter_ms: fc.constantFrom(1, 40),
        packet_loss_pct: fc.constantFrom(0, 1, 20, 100),
        bandwidth_mbps: fc.constantFrom(10, 1000),
        measured_at: fc.constant('2026-01-31T11:59:30.000Z'),
      }),
      { nil: undefined },
    ),
  });
  const anyPreference = fc.constantFrom<PathPreference>(latency, custom, { kind: 'LOWEST_COST' });
  const paths = fc.uniqueArray(anyPath, { selector: one => one.path_id });

  it('does not depend on the order of the paths', () => {
    fc.assert(
      fc.property(paths, anyPreference, fc.infiniteStream(fc.nat()), (candidates, preference, order) => {
        const shuffled = [...candidates].sort(() => (order.next().value! % 3) - 1);
        expect(makeDecision(shuffled, { preference, now: NOW })).toEqual(
          makeDecision(candidates, { preference, now: NOW }),
        );
      }),
    );
  });

  it('selects a path of the best available class, and never a path that is out of service', () => {
    const rank = ['optimal', 'degraded', 'unmeasured', 'failed', 'out'];
    fc.assert(
      fc.property(paths, anyPreference, (candidates, preference) => {
        const { selected } = choosePath(candidates, preference);
        const best = Math.min(4, ...candidates.map(one => rank.indexOf(standingOf(one))));
        expect(selected?.standing ?? 'out').toBe(rank[best]);
      }),
    );
  });
});
