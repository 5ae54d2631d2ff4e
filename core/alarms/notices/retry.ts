const MINUTE_MS = 60_000;

/**
 * The waits after each attempt that failed, minutes; behind the last one a delivery is given up.
 * Runs are a minute apart.
 */
export const WAITS_MINUTES = [1, 2, 5, 10, 30, 60, 120, 240] as const;

/** Attempts of a delivery: some eight hours in all. */
export const ATTEMPTS_MAX = WAITS_MINUTES.length + 1;

/**
 * When the attempt behind this many is due; a function that is killed in an attempt makes the next
 * one then too.
 */
export function nextAttempt(attempts: number, now_ms: number): number {
  return now_ms + (WAITS_MINUTES[attempts - 1] ?? 1) * MINUTE_MS;
}
