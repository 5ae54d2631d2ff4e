import type { PathMetrics } from './path-metrics.ts';

/** `optimal`: score 80 and above; `degraded`: 50 and above; `failed`: below. */
export type HealthStatus = 'optimal' | 'degraded' | 'failed';

export type Measured = Pick<PathMetrics, 'latency_ms' | 'jitter_ms' | 'packet_loss_pct'>;

const OPTIMAL_FROM = 80;
const DEGRADED_FROM = 50;

/** R of a path without delay and loss: its score is 100. */
const BEST_RATING = 93.2;

/** Robustness against loss (Bpl) of G.711 without concealment. Source: ITU-T G.113. */
const LOSS_ROBUSTNESS = 4.3;

/** Delay in milliseconds that people hardly notice. Above it R falls faster. */
const NOTICED_DELAY_MS = 177.3;

/**
 * Health of a path, 0 (nothing gets through) to 100: the rating R of the E-model, scaled so that a
 * perfect path has 100. The delay is half the round trip plus a jitter buffer of twice the jitter.
 * Each component alone can bring the score below 50. At 100 % loss the score jumps to 0.
 *
 * Source: ITU-T G.107 in the simplified form of Cole and Rosenbluth, "Voice over IP performance
 * monitoring", 2001.
 *
 * @example healthScore({ latency_ms: 0, jitter_ms: 0, packet_loss_pct: 1 }) // 80.8
 */
export function healthScore({ latency_ms, jitter_ms, packet_loss_pct: loss }: Measured): number {
  if (loss >= 100) return 0;
  const delay_ms = latency_ms / 2 + 2 * jitter_ms;
  const rating =
    BEST_RATING -
    0.024 * delay_ms -
    0.11 * Math.max(0, delay_ms - NOTICED_DELAY_MS) -
    (95 * loss) / (loss + LOSS_ROBUSTNESS);
  return (100 * Math.max(0, rating)) / BEST_RATING;
}

export function healthStatus(score: number): HealthStatus {
  if (score >= OPTIMAL_FROM) return 'optimal';
  return score >= DEGRADED_FROM ? 'degraded' : 'failed';
}

/** Whether every probe was lost, so that nothing gets through. */
export function isDead({ packet_loss_pct }: Pick<Measured, 'packet_loss_pct'>): boolean {
  return packet_loss_pct >= 100;
}
