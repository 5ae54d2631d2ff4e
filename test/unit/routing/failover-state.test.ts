import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SAMPLE_GAP_MS } from '../../../core/routing/failover/failback-hold.ts';
import {
  DEFAULT_FAILOVER,
  type FailoverSettings,
  failbackAbove,
  failoverSettingsSchema,
} from '../../../core/routing/failover/failover-settings.ts';
import {
  nextState,
  type PathState,
  type ScoreSample,
  withdrawPath,
} from '../../../core/routing/failover/path-state.ts';

const SECOND = 1000;

function run(samples: ScoreSample[], settings: FailoverSettings = DEFAULT_FAILOVER, start?: PathState) {
  let state = start;
  const events: [number, string][] = [];
  for (const sample of samples) {
    const step = nextState(state, sample, settings);
    state = step.state;
    if (step.event) events.push([sample.at_ms / SECOND, step.event]);
  }
  return { state, events };
}

/** One score every ten seconds. */
const every10s = (...scores: number[]): ScoreSample[] =>
  scores.map((score, index) => ({ score, at_ms: index * 10 * SECOND }));

describe('failover', () => {
  it('happens below 50, and not at 50', () => {
    expect(run(every10s(100, 50, 50.1)).events).toEqual([]);
    expect(run(every10s(100, 49.9)).events).toEqual([[10, 'failover']]);
  });

  it('happens at once at complete loss, with any score', () => {
    expect(run([{ score: 60, at_ms: 0, dead: true }]).events).toEqual([[0, 'failover']]);
  });

  it('is reversed after 60 s above 80', () => {
    expect(run(every10s(40, 90, 90, 90, 90, 90, 90)).events).toEqual([[0, 'failover']]);
    expect(run(every10s(40, 90, 90, 90, 90, 90, 90, 90)).events).toEqual([
      [0, 'failover'],
      [70, 'failback'],
    ]);
  });

  it('restarts the 60 s after a measurement that is not above 80', () => {
    expect(run(every10s(40, 90, 90, 90, 80, 90, 90, 90, 90, 90, 90)).events).toEqual([[0, 'failover']]);
  });

  it('restarts the 60 s after a silence', () => {
    const samples = [
      { score: 40, at_ms: 0 },
      { score: 90, at_ms: 10 * SECOND },
      { score: 90, at_ms: 11 * SECOND + MAX_SAMPLE_GAP_MS },
    ];
    expect(run(samples).events).toEqual([[0, 'failover']]);
  });

  it('ignores measurements that are not newer than the last one', () => {
    const samples = [
      { score: 90, at_ms: 10 * SECOND },
      { score: 10, at_ms: 10 * SECOND },
      { score: 10, at_ms: 5 * SECOND },
    ];
    expect(run(samples).events).toEqual([]);
  });

  it('by an operator is reversed like any other', () => {
    const start = withdrawPath({ out: false, since_ms: 0, seen_ms: 0 }, { now: SECOND, week: undefined });
    const samples = every10s(0, 95, 95, 95, 95, 95, 95, 95).slice(1);
    expect(run(samples, DEFAULT_FAILOVER, start).events).toEqual([[70, 'failback']]);
  });

  it('of a path that never scores well is reversed above its usual score', () => {
    const week = { median: 72, highest: 79 };
    const scores = every10s(40, 67, 67.1, 67.1, 67.1, 67.1, 67.1, 67.1, 67.1);
    const usual = scores.map(sample => ({ ...sample, week }));
    expect(run(usual).events).toEqual([
      [0, 'failover'],
      [80, 'failback'],
    ]);
    expect(run(scores).events).toEqual([[0, 'failover']]);
  });

  it('uses the scores of the week before it, whatever later measurements say of later weeks', () => {
    const week = { median: 72, highest: 79 };
    const later = { median: 90, highest: 100 };
    const samples = every10s(40, 68, 68, 68, 68, 68, 68, 68).map((sample, index) => ({
      ...sample,
      week: index === 0 ? week : later,
    }));
    expect(run(samples).events).toEqual([
      [0, 'failover'],
      [70, 'failback'],
    ]);
  });

  it.each([
    ['the week is not known', {}, undefined, 80],
    ['the path reached 80', {}, { median: 60, highest: 80 }, 80],
    ['the path did not', {}, { median: 72, highest: 79 }, 67],
    ['it was barely above the threshold', {}, { median: 52, highest: 60 }, 55],
    ['it was below most of the time', { failover_below: 60 }, { median: 40, highest: 61 }, 65],
    ['the policy has a threshold of its own', { failback_above: 81 }, { median: 72, highest: 79 }, 81],
  ])('if %s, the threshold with %o and %o is %d', (_name, given, week, threshold) => {
    expect(failbackAbove({ ...DEFAULT_FAILOVER, ...given }, week)).toBe(threshold);
  });

  it.each([
    [{ failover_below: 60, failback_above: 59 }, 'failback_above must not be below failover_below.'],
    [{ failover_below: 101 }, 'Too big: expected number to be <=100'],
    [{ failback_hold_seconds: -1 }, 'Too small: expected number to be >=0'],
  ])('rejects the settings %o', (settings, message) => {
    expect(failoverSettingsSchema.safeParse(settings).error?.issues[0]?.message).toBe(message);
  });
});

const gap = fc.integer({ min: 1, max: 30 });
const timed = (score: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(gap, score), { maxLength: 200 }).map(steps => {
    let at_ms = 0;
    return steps.map(([seconds, value]): ScoreSample => {
      at_ms += seconds * SECOND;
      return { score: value, at_ms };
    });
  });

describe('no flapping', () => {
  it('ignores noise between the thresholds, on either side', () => {
    fc.assert(
      fc.property(timed(fc.double({ min: 50, max: 80, noNaN: true })), fc.boolean(), (samples, out) => {
        const start = { out, since_ms: 0, seen_ms: 0 };
        expect(run(samples, DEFAULT_FAILOVER, start).events).toEqual([]);
      }),
    );
  });

  it('fails over or back at most once under noise around either threshold', () => {
    for (const threshold of [50, 80]) {
      const noise = timed(fc.double({ min: threshold - 5, max: threshold + 5, noNaN: true }));
      fc.assert(
        fc.property(noise, fc.boolean(), (samples, out) => {
          const start = { out, since_ms: 0, seen_ms: 0 };
          expect(run(samples, DEFAULT_FAILOVER, start).events.length).toBeLessThanOrEqual(1);
        }),
      );
    }
  });

  it('alternates in any sequence, leaves only below 50, and returns only after 60 s all above 80', () => {
    fc.assert(
      fc.property(timed(fc.constantFrom(0, 49, 50, 65, 80, 81, 100)), samples => {
        const { events } = run(samples);
        events.forEach(([at, event], index) => {
          expect(event).toBe(index % 2 === 0 ? 'failover' : 'failback');
          const held = samples.filter(
            sample => sample.at_ms > (at - 60) * SECOND && sample.at_ms <= at * SECOND,
          );
          if (event === 'failover') expect(held.at(-1)!.score).toBeLessThan(50);
          else for (const sample of held) expect(sample.score).toBeGreaterThan(80);
          if (event === 'failback') expect(at - events[index - 1]![0]).toBeGreaterThanOrEqual(60);
        });
      }),
      { numRuns: 500 },
    );
  });
});
