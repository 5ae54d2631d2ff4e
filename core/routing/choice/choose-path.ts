import { comparePolicyIds as compareIds } from '../../policy/policy-match.ts';
import { healthStatus, isDead } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import type { PathPreference } from './path-preference.ts';
import { type Choosable, weightedScore } from './weighted-score.ts';

/** A path between the two sites, as a decision sees it. */
export interface PathCandidate {
  path_id: string;
  /** Of both ends together, in the operator's currency. */
  cost_per_gb: number;
  /** What was measured last; undefined: nothing, or too long ago to rely on. */
  metrics?: PathMetrics | undefined;
  /** Taken out by a failover, or down: must not be used whatever its metrics say. */
  out: boolean;
}

/**
 * Standing comes before preference: the class of the settled score. `failed` and `unmeasured` paths
 * serve only where no other is up, `out` ones never.
 */
export type Standing = 'optimal' | 'degraded' | 'unmeasured' | 'failed' | 'out';

/** The better class has the lower number. */
export const RANK: Record<Standing, number> = { optimal: 0, degraded: 1, unmeasured: 2, failed: 3, out: 4 };

export interface RankedPath {
  candidate: PathCandidate;
  standing: Standing;
  /** What the preference compares; lower is better. */
  value: number;
}

export interface Choice {
  /** undefined: no path could carry anything. */
  selected: RankedPath | undefined;
  runner_up: RankedPath | undefined;
  /** How many paths have each standing. */
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
 * What a preference compares; lower is better. It is not capped as a component is: of two paths
 * over 200 ms the faster one still has the lowest latency.
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
