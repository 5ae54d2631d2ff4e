import { healthStatus } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import { isRecent } from '../metrics/recent-metrics.ts';
import { EVERY_POLICY } from './path-out.ts';

/**
 * How a path is, the worst first: what failed, what is not known, what is only slow, what is out on
 * purpose.
 */
export const PATH_STATUSES = ['FAILED', 'UNKNOWN', 'DEGRADED', 'OUT', 'OPTIMAL'] as const;

export type PathStatus = (typeof PATH_STATUSES)[number];

const BY_HEALTH = { optimal: 'OPTIMAL', degraded: 'DEGRADED', failed: 'FAILED' } as const;

/**
 * The status of a path: OUT where every enabled policy keeps off it though its health has not
 * failed, or an operator withdrew it; else by its settled score.
 */
export function pathStatus({
  metrics,
  out_for,
  enabled,
  now,
}: {
  metrics: PathMetrics | undefined;
  /** As `outFor` says it. */
  out_for: readonly string[];
  /** Ids of the enabled policies; may be empty where `out_for` is. */
  enabled: ReadonlySet<string>;
  /** Milliseconds since the Unix epoch. */
  now: number;
}): PathStatus {
  if (out_for.includes(EVERY_POLICY)) return 'OUT';
  const status = isRecent(metrics, now) ? BY_HEALTH[healthStatus(settledScoreOf(metrics))] : 'UNKNOWN';
  const everyoneIsOut = out_for.length > 0 && [...enabled].every(id => out_for.includes(id));
  return everyoneIsOut && status !== 'FAILED' ? 'OUT' : status;
}
