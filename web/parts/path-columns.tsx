import { milliseconds, percent } from './format.ts';
import { PathStatus, type PathStatusName } from './path-status.tsx';
import type { Column } from './table/virtual-table.tsx';

/** The fields of a path that every list of paths shows. */
export interface MeasuredPath {
  status: PathStatusName;
  /** Null: there is no recent measurement. */
  metrics: { latency_ms: number; packet_loss_pct: number; settled_score: number } | null;
}

/** The state of a path: status, score, round trip, loss. */
export const PATH_COLUMNS: readonly Column<MeasuredPath>[] = [
  { id: 'status', head: 'Status', width: '136px', cell: ({ status }) => <PathStatus status={status} /> },
  {
    id: 'score',
    head: 'Score',
    width: '72px',
    end: true,
    cell: ({ metrics }) => (metrics ? Math.round(metrics.settled_score) : '–'),
  },
  {
    id: 'latency',
    head: 'Round trip',
    width: '96px',
    end: true,
    cell: ({ metrics }) => milliseconds(metrics?.latency_ms),
  },
  {
    id: 'loss',
    head: 'Loss',
    width: '80px',
    end: true,
    cell: ({ metrics }) => percent(metrics?.packet_loss_pct),
  },
];
