import { healthStatus, isDead } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { settledScoreOf } from '../health/settled-score.ts';

/**
 * While a path is measured, its stored measurement is not older than this, however steady it is.
 */
const STORED_AT_LEAST_EVERY_MS = 600_000;

/** Least difference in points from the stored settled score that is stored. */
const SCORE_STEP = 2;

/**
 * Least difference of a figure from the stored one that is stored: an amount, or a share of the
 * stored figure if that is more.
 */
const STEPS = {
  latency_ms: { least: 5, share: 0.2 },
  jitter_ms: { least: 2, share: 0.5 },
  packet_loss_pct: { least: 0.5, share: 0.1 },
  bandwidth_mbps: { least: 1, share: 0.25 },
} as const;

/** Whether a measurement has to be stored: it has moved, or the stored one is old. Pure. */
export function hasMoved(stored: PathMetrics, metrics: PathMetrics): boolean {
  if (Date.parse(metrics.measured_at) - Date.parse(stored.measured_at) >= STORED_AT_LEAST_EVERY_MS)
    return true;
  return figuresMoved(stored, metrics);
}

/** Whether a measurement differs clearly from the stored one, regardless of its age. Pure. */
export function figuresMoved(stored: PathMetrics, metrics: PathMetrics): boolean {
  const [before, after] = [settledScoreOf(stored), settledScoreOf(metrics)];
  if (healthStatus(before) !== healthStatus(after) || Math.abs(after - before) >= SCORE_STEP) return true;
  if (isDead(stored) !== isDead(metrics)) return true;
  return (Object.keys(STEPS) as (keyof typeof STEPS)[]).some(figure => {
    const { least, share } = STEPS[figure];
    return Math.abs(metrics[figure] - stored[figure]) >= Math.max(least, share * stored[figure]);
  });
}
