import type { PathMetrics } from '../health/path-metrics.ts';

/** Cached for a path that was not measured yet, so that it isn't read each time. */
export const NEVER_MEASURED: PathMetrics = {
  latency_ms: 0,
  jitter_ms: 0,
  packet_loss_pct: 0,
  bandwidth_mbps: 0,
  measured_at: new Date(0).toISOString(),
};

/** Whether a cached value is a measurement. */
export function wasMeasured({ measured_at }: PathMetrics): boolean {
  return measured_at !== NEVER_MEASURED.measured_at;
}
