import type { PathMetrics } from '../health/path-metrics.ts';
import type { PathWeights } from './path-preference.ts';

/** What the choice of a path depends on: its metrics and its cost per gigabyte. */
export type Choosable = Omit<PathMetrics, 'measured_at' | 'settled_score'> & { cost_per_gb: number };

/** A path's components, each 0 (worst) to 100 (best). Source: issue 5, part 5. */
export function pathComponents(path: Choosable): Required<PathWeights> {
  return {
    latency: (200 - Math.min(path.latency_ms, 200)) / 2,
    jitter: (50 - Math.min(path.jitter_ms, 50)) * 2,
    loss: 100 - path.packet_loss_pct,
    bandwidth: Math.min(100, path.bandwidth_mbps / 10),
    cost: Math.max(0, 100 - 500 * path.cost_per_gb),
  };
}

/** Weighted mean of the components, 0 to 100. */
export function weightedScore(path: Choosable, weights: PathWeights): number {
  const { latency, jitter, loss, bandwidth, cost } = pathComponents(path);
  const sum = weights.latency + weights.jitter + weights.loss + weights.bandwidth + weights.cost;
  return (
    (weights.latency * latency +
      weights.jitter * jitter +
      weights.loss * loss +
      weights.bandwidth * bandwidth +
      weights.cost * cost) /
    sum
  );
}
