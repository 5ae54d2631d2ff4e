import type { PathMetrics } from './path-metrics.ts';

/** `optimal`: score 80 and above; `degraded`: 50 and above; `failed`: below. */
export type HealthStatus = 'optimal' | 'degraded' | 'failed';

export interface PathHealth {
  /** 0 (nothing gets through) to 100. */
  score: number;
  status: HealthStatus;
}

type Measured = Pick<PathMetrics, 'latency_ms' | 'jitter_ms' | 'packet_loss_pct'>;

/** Up to these a component is perfect. Source: DESIGN.md, «Routing». */
const HEALTH_THRESHOLDS = { latency_ms: 100, jitter_ms: 10, packet_loss_pct: 2 } as const;

const OPTIMAL_FROM = 80;
const DEGRADED_FROM = 50;

/**
 * 0.4 latency + 0.4 loss + 0.2 jitter, each 0 to 100: 100 up to its threshold, falling
 * exponentially above it.
 */
export function healthScore({ latency_ms, jitter_ms, packet_loss_pct }: Measured): number {
  return (
    0.4 * decay(latency_ms / HEALTH_THRESHOLDS.latency_ms, 1) +
    0.4 * decay(packet_loss_pct / HEALTH_THRESHOLDS.packet_loss_pct, 2) +
    0.2 * decay(jitter_ms / HEALTH_THRESHOLDS.jitter_ms, 1)
  );
}

export function healthStatus(score: number): HealthStatus {
  if (score >= OPTIMAL_FROM) return 'optimal';
  return score >= DEGRADED_FROM ? 'degraded' : 'failed';
}

export function pathHealth(metrics: Measured): PathHealth {
  const score = healthScore(metrics);
  return { score, status: healthStatus(score) };
}

/** Every probe was lost: the score knows latency and jitter too, but nothing gets through. */
export function isDead({ packet_loss_pct }: Pick<Measured, 'packet_loss_pct'>): boolean {
  return packet_loss_pct >= 100;
}

function decay(ratio: number, steepness: number): number {
  return ratio <= 1 ? 100 : 100 * Math.exp(-steepness * ratio);
}
