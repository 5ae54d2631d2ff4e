import { z } from 'zod';

/**
 * What was measured on a path last. `measured_at` is RFC 3339, UTC, by the functions' clock.
 */
export const pathMetricsSchema = z.object({
  /** Round trip. */
  latency_ms: z.number().nonnegative(),
  jitter_ms: z.number().nonnegative(),
  packet_loss_pct: z.number().min(0).max(100),
  bandwidth_mbps: z.number().nonnegative(),
  /**
   * The score that decisions and failover go by; none in a report and in what earlier releases
   * stored.
   */
  settled_score: z.number().min(0).max(100).optional(),
  measured_at: z.iso.datetime(),
});

export type PathMetrics = z.infer<typeof pathMetricsSchema>;
