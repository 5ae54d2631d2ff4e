import { describe, expect, it } from 'vitest';
import type { PathCandidate } from '../../../core/routing/choice/choose-path.ts';
import { explainChoice } from '../../../core/routing/choice/explain-choice.ts';
import { type PathPreference, pathPreferenceSchema } from '../../../core/routing/choice/path-preference.ts';
import { makeDecision } from '../../../core/routing/choice/routing-decision.ts';

const good = { latency_ms: 20, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 500 };

const path = (path_id: string, metrics: Partial<typeof good> | null, more: Partial<PathCandidate> = {}) => ({
  ...{ path_id, cost_per_gb: 0.05, out: false },
  ...(metrics && { metrics: { ...good, ...metrics, measured_at: '2026-01-31T11:59:30.000Z' } }),
  ...more,
});

const explain = (candidates: PathCandidate[], preference: PathPreference) =>
  explainChoice(candidates, preference, path_id => `${path_id} was left.`);

describe('the explanation of a choice', () => {
  const candidates: PathCandidate[] = [
    path('out', {}, { out: true }),
    path('unmeasured', null),
    path('dead', { packet_loss_pct: 100 }),
    path('slow', { latency_ms: 35 }),
    path('fast', { latency_ms: 20, bandwidth_mbps: 300 }, { cost_per_gb: 0.09 }),
  ];

  it('lists the best path first, and for each other one its distance or the reason for its exclusion', () => {
    const { selected_path_id, reason, candidates: ranked } = explain(candidates, { kind: 'LOWEST_LATENCY' });
    expect(selected_path_id).toBe('fast');
    expect(reason).toBe(makeDecision(candidates, { preference: { kind: 'LOWEST_LATENCY' }, now: 0 }).reason);
    expect(
      ranked.map(({ candidate, standing, value, margin, excluded, rank }) => [
        ...[candidate.path_id, standing, value, margin, excluded, rank],
      ]),
    ).toEqual([
      ['fast', 'optimal', 20, 0, null, 1],
      ['slow', 'optimal', 35, 15, null, 2],
      ['unmeasured', 'unmeasured', null, null, 'It is not measured lately, and another path is optimal.', 3],
      ['dead', 'out', 20, null, 'Nothing gets through: all of its probes were lost.', null],
      ['out', 'out', 20, null, 'out was left.', null],
    ]);
  });

  it.each<[PathPreference, [string, number | null, number | null][]]>([
    [
      { kind: 'HIGHEST_BANDWIDTH' },
      [
        ['slow', 500, 0],
        ['fast', 300, 200],
        ['unmeasured', null, null],
      ],
    ],
    [
      { kind: 'LOWEST_COST' },
      [
        ['slow', 0.05, 0],
        ['fast', 0.09, 0.04],
        ['unmeasured', 0.05, null],
      ],
    ],
  ])('compares in the unit of the preference: %o', (preference, expected) => {
    const ranked = explain([candidates[1]!, ...candidates.slice(3)], preference).candidates;
    for (const [index, [path_id, value, margin]] of expected.entries()) {
      const found = ranked[index]!;
      expect(found.candidate.path_id).toBe(path_id);
      if (value === null) expect(found.value).toBeNull();
      else expect(found.value).toBeCloseTo(value, 9);
      if (margin === null) expect(found.margin).toBeNull();
      else expect(found.margin).toBeCloseTo(margin, 9);
    }
  });

  it('names the class of paths of a worse class', () => {
    const { candidates: ranked } = explain(
      [
        path('failed', { packet_loss_pct: 20 }),
        path('degraded', { packet_loss_pct: 2 }),
        path('degraded too', { packet_loss_pct: 2.1 }),
      ],
      { kind: 'LOWEST_LATENCY' },
    );
    expect(ranked.map(({ excluded, margin }) => [excluded, margin])).toEqual([
      [null, 0],
      [null, 0],
      ['It is failed, and another path is degraded.', null],
    ]);
    const [, degraded] = explain([path('a', {}), path('b', { packet_loss_pct: 2 })], {
      kind: 'LOWEST_LATENCY',
    }).candidates;
    expect(degraded!.excluded).toBe('It is degraded, and another path is optimal.');
  });

  it('shows points of a weighted score as positive numbers, and a 0 without a minus sign', () => {
    const weights = { latency: 0, jitter: 0, loss: 0, bandwidth: 1, cost: 0 };
    const paths = [path('wide', { bandwidth_mbps: 400 }), path('closed', { bandwidth_mbps: 0 })];
    for (const preference of [{ kind: 'CUSTOM', weights }, { kind: 'HIGHEST_BANDWIDTH' }] as const) {
      const [wide, closed] = explain(paths, preference).candidates;
      expect(wide!.value).toBe(preference.kind === 'CUSTOM' ? 40 : 400);
      expect(closed!.value).toBe(0);
      expect([wide!.margin, closed!.margin]).toEqual([0, wide!.value]);
    }
  });

  it('does not compare paths without measurements, even with each other', () => {
    const { selected_path_id, candidates: ranked } = explain([path('a', null), path('b', null)], {
      kind: 'LOWEST_LATENCY',
    });
    expect(selected_path_id).toBe('a');
    expect(ranked.map(({ value, margin, rank }) => [value, margin, rank])).toEqual([
      [null, null, 1],
      [null, null, 2],
    ]);
  });

  it('selects and ranks no path if all are out', () => {
    const { selected_path_id, candidates: ranked } = explain([candidates[0]!], { kind: 'LOWEST_LATENCY' });
    expect([selected_path_id, ranked.map(({ rank, margin }) => [rank, margin])]).toEqual([
      null,
      [[null, null]],
    ]);
  });

  it('orders equal paths by id, and shows the components of each', () => {
    const equal = [path('b', {}), path('a', {})];
    const ranked = explain(equal, { kind: 'LOWEST_LATENCY' }).candidates;
    expect(ranked.map(({ candidate }) => candidate.path_id)).toEqual(['a', 'b']);
    expect(ranked[0]).toMatchObject({
      settled_score: expect.any(Number),
      components: { bandwidth: 50, loss: 100 },
    });
    const [unknown] = explain([candidates[1]!], { kind: 'LOWEST_LATENCY' }).candidates;
    expect([unknown?.settled_score, unknown?.components, unknown?.value]).toEqual([null, null, null]);
  });
});

describe('a preference from an argument', () => {
  it.each(['LOWEST_LATENCY', 'HIGHEST_BANDWIDTH', 'LOWEST_PACKET_LOSS', 'LOWEST_COST'])('may be %s', kind => {
    expect(pathPreferenceSchema.parse({ kind })).toEqual({ kind });
  });

  it('has weights of 0 by default, one above 0, and none above a million', () => {
    const custom = (weights: object) => pathPreferenceSchema.safeParse({ kind: 'CUSTOM', weights });
    expect(custom({ loss: 1_000_000 }).data).toEqual({
      kind: 'CUSTOM',
      weights: { latency: 0, jitter: 0, loss: 1_000_000, bandwidth: 0, cost: 0 },
    });
    expect(custom({ loss: 1_000_001 }).success).toBe(false);
    expect(custom({ loss: 0 }).error?.issues.map(({ message }) => message)).toEqual([
      'At least one weight must be above 0.',
    ]);
  });
});
