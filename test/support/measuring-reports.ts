import type { PathReport } from '../../core/report/report.ts';
import type { MeasuringReport } from '../../core/routing/failover/path-monitor.ts';

/** The edge at a path's source, as {@link measuringReports} has it. */
export const edgeAtSource = (path_id: string): string => `edge-${path_id.split('.')[0]}`;

/**
 * Reports of the edges at the paths' sources, which arrive when they are sent, with one path each.
 */
export function measuringReports(paths: readonly PathReport[], now: number): MeasuringReport[] {
  return paths.map(path => ({
    report: {
      edge_id: edgeAtSource(path.path_id),
      part: 0,
      sent_at: new Date(now).toISOString(),
      paths: [path],
    },
    arrived_at_ms: now,
  }));
}
