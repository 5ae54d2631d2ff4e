import { expect, it } from 'vitest';
import { judgeMemory } from '../../support/soak/judge-memory.ts';
import { planKills } from '../../support/soak/kill-plan.ts';
import { stepOf } from '../../support/soak/steps.ts';

const PACE = { functions: 3, edges: 20, engines: 60, system: 60 };

it('plans the same kills and steps for the same seed, and others for another seed', () => {
  const kills = (seed: number) => planKills({ seed, duration_ms: 600_000, calm_ms: 360_000, pace: PACE });
  const steps = (seed: number) =>
    [1, 2, 3].map(number => stepOf({ seed, person: 0, number, pause_ms: 1000 }));
  expect(kills(1)).toEqual(kills(1));
  expect(steps(1)).toEqual(steps(1));
  expect(kills(1)).not.toEqual(kills(2));
  expect(steps(1)).not.toEqual(steps(2));
});

it('kills about as often as requested, and only edges after it is calm', () => {
  const kills = planKills({ seed: 1, duration_ms: 60_000_000, calm_ms: 36_000_000, pace: PACE });
  const count = (kind: string) => kills.filter(kill => kill.kind === kind).length;
  expect(Math.abs(count('functions') / 12_000 - 1)).toBeLessThan(0.1);
  expect(Math.abs(count('edges') / 3000 - 1)).toBeLessThan(0.1);
  expect(new Set(kills.filter(({ at_ms }) => at_ms > 36_000_000).map(({ kind }) => kind))).toEqual(
    new Set(['edges']),
  );
});

function samples(mibAt: (index: number) => number, containers: (index: number) => Record<number, number>) {
  return Array.from({ length: 41 }, (_, index) => ({
    ...{ at_ms: index * 1000, start: 1, system: mibAt(index), engines: {}, edges: 0 },
    containers: containers(index),
  }));
}

it('calls memory flat if it rises only at the beginning, with any change of containers', () => {
  const warm = samples(
    index => 100 + Math.min(index, 10) * 10,
    index => ({ 7: 90, [1000 + index]: index }),
  );
  expect(judgeMemory(warm, 0)).toMatchObject({
    system: { mean: 200, rise: 0, samples: 27 },
    containers: { mean: 90, rise: 0 },
    lasting: 1,
    problems: [],
  });
});

it('names the part whose memory rises', () => {
  const leaking = samples(
    index => 100 + index,
    index => ({ 7: 50 + index }),
  );
  expect(judgeMemory(leaking, 0).problems).toEqual(['containers rose by 33.8 % of 77 MiB']);
  expect(judgeMemory(leaking.slice(0, 5), 0).problems).toEqual([
    'system was seen 3 times only, less than 10: the soak was too short',
    'containers was seen 3 times only, less than 10: the soak was too short',
  ]);
});

it('judges memory from the last start on', () => {
  const early = samples(
    index => 100 + index,
    () => ({ 7: 90 }),
  );
  const again = samples(
    index => 100 + Math.min(index, 10) * 10,
    () => ({ 8: 90 }),
  ).map(sample => ({ ...sample, at_ms: sample.at_ms + 41_000, start: 2 }));
  expect(judgeMemory([...early, ...again], 0)).toMatchObject({ lasting: 1, problems: [] });
});
