import { comparePolicyIds as compareIds } from '../../policy/policy-match.ts';
import { healthStatus, isDead } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import type { PathPreference } from './path-preference.ts';
import { type Choosable, weightedScore } from './weighted-score.ts';

/** A path between the two sites as a candidate of a decision. */
export interface PathCandidate {
  path_id: string;
  /** Sum of both ends, in the operator's currency. */
  cost_per_gb: number;
  /** The last measurement; undefined: there is none, or it is too old. */
  metrics?: PathMetrics | undefined;
  /** Taken out of use by a failover: must not be used, regardless of its metrics. */
  out: boolean;
}

/**
 * The class of a path by its settled score; it counts before the preference. `failed` and
 * `unmeasured` paths are used only if no other is up, `out` ones never.
 */
export type Standing = 'optimal' | 'degraded' | 'unmeasured' | 'failed' | 'out';

/** The better class has the lower number. */
export const RANK: Record<Standing, number> = { optimal: 0, degraded: 1, unmeasured: 2, failed: 3, out: 4 };

export interface RankedPath {
  candidate: PathCandidate;
  standing: Standing;
  /** The value that the preference compares; lower is better. */
  value: number;
}

export interface Choice {
  /** undefined: no path can be used. */
  selected: RankedPath | undefined;
  runner_up: RankedPath | undefined;
  /** The number of paths of each standing. */
  standings: Record<Standing, number>;
}

/**
 * Chooses by standing, then by preference, then by the lower id. Pure; one pass without sorting.
 */
export function choosePath(candidates: readonly PathCandidate[], preference: PathPreference): Choice {
  const standings: Record<Standing, number> = { optimal: 0, degraded: 0, unmeasured: 0, failed: 0, out: 0 };
  let selected: RankedPath | undefined;
  let runner_up: RankedPath | undefined;
  for (const candidate of candidates) {
    const standing = standingOf(candidate);
    standings[standing]++;
    if (standing === 'out') continue;
    const path = { candidate, standing, value: comparedValue(candidate, preference) };
    if (!selected || isBetter(path, selected)) {
      runner_up = selected;
      selected = path;
    } else if (!runner_up || isBetter(path, runner_up)) {
      runner_up = path;
    }
  }
  return { selected, runner_up, standings };
}

export function standingOf({ out, metrics }: PathCandidate): Standing {
  if (out || (metrics && isDead(metrics))) return 'out';
  if (!metrics) return 'unmeasured';
  return healthStatus(settledScoreOf(metrics));
}

function isBetter(a: RankedPath, b: RankedPath): boolean {
  const byStanding = RANK[a.standing] - RANK[b.standing];
  if (byStanding !== 0) return byStanding < 0;
  if (a.value !== b.value) return a.value < b.value;
  return compareIds(a.candidate.path_id, b.candidate.path_id) < 0;
}

/**
 * The value that a preference compares; lower is better. It has no cap, unlike a component: of two
 * paths over 200 ms the faster one still has the lowest latency.
 */
export function comparedValue({ metrics, cost_per_gb }: PathCandidate, preference: PathPreference): number {
  if (preference.kind === 'LOWEST_COST') return cost_per_gb;
  if (!metrics) return 0;
  switch (preference.kind) {
    case 'LOWEST_LATENCY':
      return metrics.latency_ms;
    case 'HIGHEST_BANDWIDTH':
      return -metrics.bandwidth_mbps;
    case 'LOWEST_PACKET_LOSS':
      return metrics.packet_loss_pct;
    case 'CUSTOM':
      return -weightedScore(choosable(metrics, cost_per_gb), preference.weights);
  }
}

function choosable(metrics: PathMetrics, cost_per_gb: number): Choosable {
  return {
    latency_ms: metrics.latency_ms,
    jitter_ms: metrics.jitter_ms,
    packet_loss_pct: metrics.packet_loss_pct,
    bandwidth_mbps: metrics.bandwidth_mbps,
    cost_per_gb,
  };
}
