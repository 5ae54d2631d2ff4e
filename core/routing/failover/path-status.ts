import { healthStatus } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import { isRecent } from '../metrics/recent-metrics.ts';
import { EVERY_POLICY } from './path-out.ts';

/**
 * The status of a path, in order of urgency: it failed, its health is not known, it is slow, it was
 * taken out of use on purpose, it is good.
 */
export const PATH_STATUSES = ['FAILED', 'UNKNOWN', 'DEGRADED', 'OUT', 'OPTIMAL'] as const;

export type PathStatus = (typeof PATH_STATUSES)[number];

const BY_HEALTH = { optimal: 'OPTIMAL', degraded: 'DEGRADED', failed: 'FAILED' } as const;

/**
 * The status of a path. OUT: an operator withdrew it, or every enabled policy has left it although
 * its health has not failed. Otherwise its settled score decides.
 */
export function pathStatus({
  metrics,
  out_for,
  enabled,
  now,
}: {
  metrics: PathMetrics | undefined;
  /** The result of `outFor`. */
  out_for: readonly string[];
  /** Ids of the enabled policies; may be empty where `out_for` is. */
  enabled: ReadonlySet<string>;
  /** Milliseconds since the Unix epoch. */
  now: number;
}): PathStatus {
  if (out_for.includes(EVERY_POLICY)) return 'OUT';
  const status = isRecent(metrics, now) ? BY_HEALTH[healthStatus(settledScoreOf(metrics))] : 'UNKNOWN';
  const allAreOut = out_for.length > 0 && [...enabled].every(id => out_for.includes(id));
  return allAreOut && status !== 'FAILED' ? 'OUT' : status;
}
