import type { FailoverSettings } from './failover-settings.ts';

/**
 * Good measurements further apart than this are no unbroken run, because what was in between is not
 * known.
 */
export const MAX_SAMPLE_GAP_MS = 180_000;

/**
 * The good measurements of a path that have come without a break. Times in ms since the Unix epoch.
 */
export interface GoodRun {
  /** The first of them; undefined: the last measurement was not good. */
  good_since_ms?: number | undefined;
  /** The newest measurement that was looked at. */
  seen_ms: number;
}

/** The first measurement of the run, once another good one has come at `at_ms`. */
export function goodSince({ good_since_ms, seen_ms }: GoodRun, at_ms: number): number {
  const unbroken = good_since_ms !== undefined && at_ms - seen_ms <= MAX_SAMPLE_GAP_MS;
  return unbroken ? good_since_ms : at_ms;
}

/**
 * Whether a run of good measurements has lasted for the failback hold, so that the path may come
 * back.
 */
export function holdIsOver(
  { good_since_ms, at_ms }: { good_since_ms: number; at_ms: number },
  { failback_hold_seconds }: Pick<FailoverSettings, 'failback_hold_seconds'>,
): boolean {
  return at_ms - good_since_ms >= failback_hold_seconds * 1000;
}
