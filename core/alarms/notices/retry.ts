const MINUTE_MS = 60_000;

/**
 * The wait after each failed attempt, minutes. After the last one the delivery is given up. Runs
 * are a minute apart.
 */
export const WAITS_MINUTES = [1, 2, 5, 10, 30, 60, 120, 240] as const;

/** Attempts of a delivery, which last some eight hours in total. */
export const ATTEMPTS_MAX = WAITS_MINUTES.length + 1;

/**
 * When the attempt after this many is due, also after a function was killed in an attempt.
 */
export function nextAttempt(attempts: number, now_ms: number): number {
  return now_ms + (WAITS_MINUTES[attempts - 1] ?? 1) * MINUTE_MS;
}
