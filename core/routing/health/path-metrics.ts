import { z } from 'zod';

/** A measurement of a path. `measured_at` is RFC 3339, UTC, by the functions' clock. */
export const pathMetricsSchema = z.object({
  /** Round trip. */
  latency_ms: z.number().nonnegative(),
  jitter_ms: z.number().nonnegative(),
  packet_loss_pct: z.number().min(0).max(100),
  bandwidth_mbps: z.number().nonnegative(),
  /**
   * The score for decisions and failover; absent in reports and in items of earlier releases.
   */
  settled_score: z.number().min(0).max(100).optional(),
  measured_at: z.iso.datetime(),
});

export type PathMetrics = z.infer<typeof pathMetricsSchema>;
