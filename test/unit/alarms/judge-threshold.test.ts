import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FigureNow,
  FORGET_AFTER_MS,
  isRaised,
  judgeThreshold,
  type ThresholdState,
} from '../../../core/alarms/thresholds/judge-threshold.ts';
import type { Threshold } from '../../../core/alarms/thresholds/threshold.ts';

const MINUTE_MS = 60_000;
const BEGIN = Date.parse('2026-03-15T12:00:00Z');

const threshold = (given: Partial<Threshold> = {}): Threshold => ({
  id: '01J',
  name: 'Voice',
  scope: 'POLICY',
  target_id: '7',
  metric: 'BITS_PER_SECOND',
  direction: 'ABOVE',
  value: 10,
  clear_value: 8,
  minutes: 3,
  created_at: '2026-03-15T11:00:00.000Z',
  updated_at: '2026-03-15T11:00:00.000Z',
  ...given,
});

const known = (value: number): FigureNow => ({ value, complete: true });
const partly = (value: number): FigureNow => ({ value, complete: false });
const UNKNOWN: FigureNow = { value: null, complete: false };

/**
 * The state after these figures, one for each minute, and whether there was an alarm after each of
 * them.
 */
function judged(of: Threshold, figures: readonly FigureNow[]) {
  let state: ThresholdState | undefined;
  const raised = figures.map((figure, index) => {
    state = judgeThreshold(of, state, { figure, minute_ms: BEGIN + index * MINUTE_MS });
    return isRaised(of, state);
  });
  return { state, raised };
}

const raisedAfter = (of: Threshold, figures: readonly FigureNow[]) => judged(of, figures).raised;

describe('a threshold', () => {
  it('is raised in the minute in which the figure has exceeded it for long enough', () => {
    const figures = [11, 11, 10, 11, 11, 11].map(known);
    expect(raisedAfter(threshold(), figures)).toEqual([false, false, false, false, false, true]);
    expect(judged(threshold(), figures).state).toEqual({
      revision: '2026-03-15T11:00:00.000Z',
      value: 11,
      count: 3,
      since_ms: BEGIN + 3 * MINUTE_MS,
      unknown_since_ms: null,
    });
  });

  it('is cleared at its clear value, and not between the two values', () => {
    const figures = [11, 11, 11, 9, 8.1, 8, 9].map(known);
    expect(raisedAfter(threshold(), figures)).toEqual([false, false, true, true, true, false, false]);
  });

  it('below a value works the other way round', () => {
    const below = threshold({ direction: 'BELOW', value: 5, clear_value: 7, minutes: 2 });
    const figures = [5, 4, 4, 6, 6.9, 7].map(known);
    expect(raisedAfter(below, figures)).toEqual([false, false, true, true, true, false]);
  });

  it('ignores unknown figures, and continues counting after them', () => {
    const figures = [known(11), UNKNOWN, known(11), UNKNOWN, known(11), UNKNOWN, UNKNOWN];
    expect(raisedAfter(threshold(), figures)).toEqual([false, false, false, false, true, true, true]);
  });

  it('is over once its figure is unknown for an hour', () => {
    const minutes = FORGET_AFTER_MS / MINUTE_MS;
    const figures = [known(11), known(11), known(11), ...Array.from({ length: minutes + 1 }, () => UNKNOWN)];
    const { raised, state } = judged(threshold(), figures);
    expect(raised.lastIndexOf(true)).toBe(figures.length - 2);
    expect(state).toMatchObject({ count: 0, since_ms: null, value: null });
  });

  it('above a value is raised by a part of a sum, and cleared only by the whole sum', () => {
    const figures = [partly(11), partly(11), partly(11), partly(1), known(1)];
    expect(raisedAfter(threshold(), figures)).toEqual([false, false, true, true, false]);
  });

  it('below a value is raised only by the whole sum, and cleared by a part of it', () => {
    const below = threshold({ direction: 'BELOW', value: 5, clear_value: 5, minutes: 1 });
    expect(raisedAfter(below, [partly(1), known(1), partly(4), partly(6)])).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('starts again after a change', () => {
    const { state } = judged(threshold(), [11, 11, 11].map(known));
    const changed = threshold({ updated_at: '2026-03-15T12:30:00.000Z' });
    const after = judgeThreshold(changed, state, { figure: known(11), minute_ms: BEGIN + 9 * MINUTE_MS });
    expect(after).toMatchObject({ count: 1, since_ms: BEGIN + 9 * MINUTE_MS });
  });

  it('matches its definition for any figures', () => {
    const figure = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }).map(known) },
      { weight: 1, arbitrary: fc.constant(UNKNOWN) },
    );
    const limits = fc.record({
      value: fc.integer({ min: 8, max: 12 }),
      minutes: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(figure, { maxLength: 40 }), limits, fc.nat(4), (figures, limit, hysteresis) => {
        const of = threshold({ ...limit, clear_value: limit.value - hysteresis });
        expect(raisedAfter(of, figures)).toEqual(figures.map((_, at) => holds(of, figures.slice(0, at + 1))));
      }),
    );
  });
});

/**
 * The definition: among the known figures, the last one that ends an alarm is followed by enough
 * consecutive ones that begin one.
 */
function holds({ value, clear_value, minutes }: Threshold, figures: readonly FigureNow[]): boolean {
  const values = figures.flatMap(figure => figure.value ?? []);
  let inARow = 0;
  let raised = false;
  for (const each of values) {
    inARow = each > value ? inARow + 1 : 0;
    if (raised ? each <= clear_value : inARow < minutes) {
      if (raised) inARow = 0;
      raised = false;
    } else raised = true;
  }
  return raised;
}
