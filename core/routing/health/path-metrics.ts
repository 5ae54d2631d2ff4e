import { z } from 'zod';

/**
 * What was measured on a path last. `measured_at` is RFC 3339, UTC, by the measuring edge's clock.
 */
export const pathMetricsSchema = z.object({
  /** Round trip. */
  latency_ms: z.number().nonnegative(),
  jitter_ms: z.number().nonnegative(),
  packet_loss_pct: z.number().min(0).max(100),
  bandwidth_mbps: z.number().nonnegative(),
  /** The score that decisions and failover go by; none in a report and in what earlier releases stored. */
  settled_score: z.number().min(0).max(100).optional(),
  measured_at: z.iso.datetime(),
});

export type PathMetrics = z.infer<typeof pathMetricsSchema>;

/**
 * The same, measured now at the latest. An edge whose clock is ahead would otherwise have the last
 * word for as long as it is ahead, since what was measured later is never replaced.
 */
export function measuredByNow<M extends Pick<PathMetrics, 'measured_at'>>(metrics: M, now: number): M {
  if (Date.parse(metrics.measured_at) <= now) return metrics;
  return { ...metrics, measured_at: new Date(now).toISOString() };
}
