import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthScore, healthStatus } from '../../../core/routing/health/health-score.ts';
import {
  type SettledScore,
  settle,
  settledScoreOf,
  settledScoreSchema,
} from '../../../core/routing/health/settled-score.ts';
import {
  addScore,
  summaryOf,
  type WeekScores,
  weekSummarySchema,
} from '../../../core/routing/health/week-scores.ts';
import { LossWindow } from '../../../edge/paths/loss-window.ts';

function settledAll(scores: readonly number[]): number[] {
  let settled: SettledScore | undefined;
  return scores.map(score => {
    settled = settle(settled, score);
    return settled.score;
  });
}

describe('the settled score', () => {
  it.each([
    ['follows a move of more than 5 points at once', [90, 84.9, 95], [90, 84.9, 95]],
    ['waits for three measurements below it', [81, 79, 78, 79.5], [81, 81, 81, 79.5]],
    ['waits for three measurements above it', [79, 81, 80, 82], [79, 79, 79, 80]],
    [
      'starts again when another one comes between',
      [81, 79, 79, 81, 79, 79, 79],
      [81, 81, 81, 81, 81, 81, 79],
    ],
    ['does not move by exactly 5 points', [85, 80, 85, 80], [85, 85, 85, 85]],
    ['moves on with a slow fall', [80, 78, 77, 76, 75, 74], [80, 80, 80, 78, 77, 76]],
  ])('%s', (_name, scores, settled) => {
    expect(settledAll(scores)).toEqual(settled);
  });

  it('crosses a threshold only after three measurements beyond it, or one more than 5 points away', () => {
    const scores = fc.array(fc.double({ min: 70, max: 90, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(scores, fc.double({ min: 72, max: 88, noNaN: true }), (measured, threshold) => {
        const settled = settledAll(measured);
        for (let at = 1; at < measured.length; at++) {
          const side = (score: number) => score >= threshold;
          if (side(settled[at]!) === side(settled[at - 1]!)) continue;
          const last = measured.slice(Math.max(0, at - 2), at + 1);
          const held = last.length === 3 && last.every(score => side(score) === side(settled[at]!));
          const far = Math.abs(measured[at]! - settled[at - 1]!) > 5;
          expect(held || far).toBe(true);
        }
      }),
    );
  });

  it('is never more than 5 points from the measured score', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), measured => {
        settledAll(measured).forEach((score, at) => {
          expect(Math.abs(score - measured[at]!)).toBeLessThanOrEqual(5);
        });
      }),
    );
  });

  it('of a measurement by an earlier release is its score', () => {
    expect(settledScoreOf({ latency_ms: 0, jitter_ms: 0, packet_loss_pct: 100 })).toBe(0);
    expect(settledScoreOf({ latency_ms: 0, jitter_ms: 0, packet_loss_pct: 0, settled_score: 7 })).toBe(7);
  });
});

it('keeps its class after one lost packet of 20, at any probe', () => {
  for (let lostAt = 0; lostAt < 12; lostAt++) {
    const window = new LossWindow();
    const scores = Array.from({ length: 12 }, (_, probe) => {
      const packet_loss_pct = window.add({ sent: 20, received: probe === lostAt ? 19 : 20 });
      return healthScore({ latency_ms: 40, jitter_ms: 1, packet_loss_pct });
    });
    expect(settledAll(scores).map(healthStatus)).toEqual(scores.map(() => 'optimal'));
  }
});

describe('the scores of a week', () => {
  const HOUR = 3_600_000;
  const DAY = 24 * HOUR;
  const from = 20_000 * DAY;

  function weekOf(parts: [score: number, minutes: number][]): { week: WeekScores; end_ms: number } {
    let week: WeekScores = {};
    let end_ms = from;
    for (const [score, minutes] of parts) {
      for (let minute = 0; minute < minutes; minute++) {
        week = addScore(week, { score, from_ms: end_ms, to_ms: end_ms + 60_000 });
        end_ms += 60_000;
      }
    }
    return { week, end_ms };
  }

  it.each<[string, [number, number][], ReturnType<typeof summaryOf>]>([
    ['nothing', [], undefined],
    ['one score', [[62.7, 10]], { median: 62, highest: 62 }],
    [
      'more time at the lower one',
      [
        [62, 11],
        [79.9, 10],
      ],
      { median: 62, highest: 79 },
    ],
    [
      'several days',
      [
        [70, 3000],
        [40, 1000],
        [80, 1],
      ],
      { median: 70, highest: 80 },
    ],
  ])('sum up %s', (_name, parts, summary) => {
    const { week, end_ms } = weekOf(parts);
    expect(summaryOf(week, end_ms)).toEqual(summary);
  });

  it.each<[string, WeekScores, ReturnType<typeof summaryOf>]>([
    [
      'two days, the better one first',
      { 20000: { 90: 100 }, 20001: { 50: 150 } },
      { median: 50, highest: 90 },
    ],
    ['as much time at each of two', { 20000: { 50: 100, 90: 100 } }, { median: 50, highest: 90 }],
    ['scores of one and of two figures', { 20000: { 9: 100, 10: 50, 100: 20 } }, { median: 9, highest: 100 }],
    ['nothing of a future day', { 20000: { 50: 1 }, 20003: { 90: 9 } }, { median: 50, highest: 50 }],
    ['nothing of the eighth day', { 19995: { 50: 1 }, 19994: { 90: 9 } }, { median: 50, highest: 50 }],
  ])('have a median and a highest one: %s', (_name, week, summary) => {
    expect(summaryOf(week, from + DAY)).toEqual(summary);
  });

  it.each([0, 499, -60_000])('do not change within %d ms', ms => {
    const week = { 20000: { 90: 60 } };
    expect(addScore(week, { score: 50, from_ms: from + HOUR, to_ms: from + HOUR + ms })).toEqual(week);
  });

  it('are read back as they were stored with the settled score', () => {
    const settled = settle(settle(undefined, 80), 79);
    expect(settledScoreSchema.parse(settled)).toEqual({ score: 80, recent: [80, 79] });
    expect(settledScoreSchema.safeParse({}).success).toBe(false);
    const summary = { median: 50, highest: 90 };
    expect(weekSummarySchema.parse(summary)).toEqual(summary);
    expect(weekSummarySchema.safeParse({}).success).toBe(false);
  });

  it('leave out scores older than a week, and silences beyond 15 minutes', () => {
    let week = addScore({}, { score: 90, from_ms: from, to_ms: from + HOUR });
    expect(week).toEqual({ 20000: { 90: 900 } });
    expect(summaryOf(week, from + 6 * DAY)).toEqual({ median: 90, highest: 90 });
    expect(summaryOf(week, from + 7 * DAY)).toBeUndefined();
    week = addScore(week, { score: 60, from_ms: from + 7 * DAY, to_ms: from + 7 * DAY + 60_000 });
    expect(week).toEqual({ 20007: { 60: 60 } });
  });
});
