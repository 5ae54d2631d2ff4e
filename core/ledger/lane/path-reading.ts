import type { PathReport } from '../../report/report.ts';

/** An edge's last measurement of one of its paths. Figures have three decimals. */
export interface PathReading {
  /** When, by the functions' clock; milliseconds since the epoch. */
  readonly measured_at_ms: number;
  /** The same by the edge's clock, as reported: identifies the measurement. */
  readonly told_at_ms: number;
  readonly latency_ms: number;
  readonly jitter_ms: number;
  readonly packet_loss_pct: number;
  readonly bandwidth_mbps: number;
}

/** The figures of a reading, in the order in which lanes pack them. */
export const READING_FIGURES = ['latency_ms', 'jitter_ms', 'packet_loss_pct', 'bandwidth_mbps'] as const;

type Reported = Pick<PathReport, (typeof READING_FIGURES)[number] | 'measured_at'>;

/** The reading of a report. A measurement that was reported before keeps its time. */
export function readingOf(
  report: Reported,
  { before, placed_at_ms }: { before: PathReading | undefined; placed_at_ms: (told_at_ms: number) => number },
): PathReading {
  const told_at_ms = Date.parse(report.measured_at);
  return {
    measured_at_ms: before?.told_at_ms === told_at_ms ? before.measured_at_ms : placed_at_ms(told_at_ms),
    told_at_ms,
    latency_ms: toThousandths(report.latency_ms),
    jitter_ms: toThousandths(report.jitter_ms),
    packet_loss_pct: toThousandths(report.packet_loss_pct),
    bandwidth_mbps: toThousandths(report.bandwidth_mbps),
  };
}

/** More precise than probes are. */
function toThousandths(value: number): number {
  return Math.min(Math.round(value * 1000), Number.MAX_SAFE_INTEGER) / 1000;
}
