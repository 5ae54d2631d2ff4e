import { z } from 'zod';

const DAY_MS = 86_400_000;
const DAYS = 7;

/** Longest time for which one measurement counts. After it the score is not known. */
const MAX_STANDING_MS = 900_000;

/**
 * How long a path had each settled score in the last week (today and six days before), in seconds:
 * by day since the Unix epoch, then by score in whole points.
 */
export const weekScoresSchema = z.record(z.string(), z.record(z.string(), z.number()));

export type WeekScores = z.infer<typeof weekScoresSchema>;

export const weekSummarySchema = z.object({
  /** The path was better half of the time and worse half of the time. */
  median: z.number(),
  highest: z.number(),
});

export type WeekSummary = z.infer<typeof weekSummarySchema>;

/**
 * Adds the time for which a path had a score, and drops days that are older than a week. Pure.
 */
export function addScore(
  week: WeekScores,
  { score, from_ms, to_ms }: { score: number; from_ms: number; to_ms: number },
): WeekScores {
  const seconds = Math.round(Math.min(to_ms - from_ms, MAX_STANDING_MS) / 1000);
  const today = Math.floor(to_ms / DAY_MS);
  const kept = Object.fromEntries(Object.entries(week).filter(([day]) => isInWeek(Number(day), today)));
  if (seconds <= 0) return kept;
  const scores = kept[today] ?? {};
  const point = Math.floor(score);
  return { ...kept, [today]: { ...scores, [point]: (scores[point] ?? 0) + seconds } };
}

/**
 * Median and highest score of the week before `now_ms`, in whole points; undefined: not known.
 */
export function summaryOf(week: WeekScores, now_ms: number): WeekSummary | undefined {
  const today = Math.floor(now_ms / DAY_MS);
  const seconds = new Map<number, number>();
  for (const [day, scores] of Object.entries(week)) {
    if (!isInWeek(Number(day), today)) continue;
    for (const [score, time] of Object.entries(scores)) {
      seconds.set(Number(score), (seconds.get(Number(score)) ?? 0) + time);
    }
  }
  const points = [...seconds].sort(([a], [b]) => a - b);
  const half = points.reduce((sum, [, time]) => sum + time, 0) / 2;
  let passed = 0;
  const median = points.find(([, time]) => {
    passed += time;
    return passed >= half;
  });
  return median && { median: median[0], highest: points.at(-1)![0] };
}

const isInWeek = (day: number, today: number): boolean => day > today - DAYS && day <= today;
