import type { FailoverSettings } from './failover-settings.ts';

/**
 * A longer gap between two good measurements breaks a run, because the time in between is not
 * known.
 */
export const MAX_SAMPLE_GAP_MS = 180_000;

/**
 * An unbroken run of good measurements of a path. Times in ms since the Unix epoch.
 */
export interface GoodRun {
  /** Its first measurement; undefined: the last measurement was not good. */
  good_since_ms?: number | undefined;
  /** The newest measurement that was judged. */
  seen_ms: number;
}

/** The time of the run's first measurement, after another good one at `at_ms`. */
export function goodSince({ good_since_ms, seen_ms }: GoodRun, at_ms: number): number {
  const unbroken = good_since_ms !== undefined && at_ms - seen_ms <= MAX_SAMPLE_GAP_MS;
  return unbroken ? good_since_ms : at_ms;
}

/**
 * Whether a run of good measurements is as long as the failback hold, so that the path may come
 * back.
 */
export function holdIsOver(
  { good_since_ms, at_ms }: { good_since_ms: number; at_ms: number },
  { failback_hold_seconds }: Pick<FailoverSettings, 'failback_hold_seconds'>,
): boolean {
  return at_ms - good_since_ms >= failback_hold_seconds * 1000;
}
