import { z } from 'zod';
import { healthScore, type Measured } from './health-score.ts';

/** A move of more points than this settles at once. */
const LARGE_MOVE = 5;

/** This many measurements in a row settle a smaller move. */
const MEASUREMENTS = 3;

/** The score for decisions and failover, and what is needed to settle the next one. */
export const settledScoreSchema = z.object({
  score: z.number(),
  /** Scores of the last measurements, newest last, at most {@link MEASUREMENTS} less one. */
  recent: z.array(z.number()),
});

export type SettledScore = z.infer<typeof settledScoreSchema>;

/**
 * The settled score after one more measurement. It follows a move of more than 5 points at once. A
 * smaller move counts when three measurements in a row lie on the same side of the settled score,
 * which then moves to the nearest of them. So the settled score crosses a threshold only when three
 * measurements are beyond it, or one is more than 5 points away. Pure.
 */
export function settle(before: SettledScore | undefined, score: number): SettledScore {
  if (!before || Math.abs(score - before.score) > LARGE_MOVE) return { score, recent: [score] };
  const last = [...before.recent, score].slice(-MEASUREMENTS);
  return { score: settledAmong(last, before.score), recent: last.slice(1 - MEASUREMENTS) };
}

function settledAmong(last: readonly number[], settled: number): number {
  if (last.length < MEASUREMENTS) return settled;
  if (last.every(score => score > settled)) return Math.min(...last);
  if (last.every(score => score < settled)) return Math.max(...last);
  return settled;
}

/**
 * The score for decisions; the health score if a measurement of an earlier release has no settled
 * one.
 */
export function settledScoreOf(metrics: Measured & { settled_score?: number | undefined }): number {
  return metrics.settled_score ?? healthScore(metrics);
}
