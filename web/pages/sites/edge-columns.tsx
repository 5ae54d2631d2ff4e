import { Bytes, Count, Time } from '../../parts/figures.tsx';
import { Status, type StatusKind } from '../../parts/status.tsx';
import type { Column } from '../../parts/table/virtual-table.tsx';

export interface EdgeRow {
  id: string;
  site_id: string | null;
  registered: boolean;
  silent_after_s: number;
  retired_at: string | null;
  last_seen: string | null;
  behind: boolean | null;
  active_flows: number;
  bytes_exact: string;
  clock_skew_seconds: number | null;
  refused: { reason: string } | null;
}

/** A clock that is off by more than this is shown as a warning. */
const SKEW_S = 30;

/** The state of an edge; the most severe problem wins. */
function edgeState(edge: EdgeRow, now = Date.now()): { kind: StatusKind; text: string; title?: string } {
  const { registered, retired_at, last_seen, silent_after_s, refused, behind, clock_skew_seconds } = edge;
  if (retired_at !== null) return { kind: 'unknown', text: 'Out of service' };
  if (refused) return { kind: 'bad', text: 'Reports refused', title: refused.reason };
  if (last_seen === null) return { kind: 'unknown', text: 'No report yet' };
  if (now - Date.parse(last_seen) > silent_after_s * 1000) return { kind: 'bad', text: 'Silent' };
  if (!registered) return { kind: 'warn', text: 'Not registered' };
  if (behind) return { kind: 'warn', text: 'Outdated policies' };
  if (Math.abs(clock_skew_seconds ?? 0) > SKEW_S) return { kind: 'warn', text: 'Clock is off' };
  return { kind: 'good', text: 'Reporting' };
}

const id: Column<EdgeRow> = {
  id: 'id',
  head: 'Edge',
  width: 'minmax(144px, 1fr)',
  cell: edge => <bdi>{edge.id}</bdi>,
};

const rest: Column<EdgeRow>[] = [
  {
    id: 'state',
    head: 'State',
    width: '160px',
    cell: edge => {
      const { kind, text, title } = edgeState(edge);
      return (
        <span title={title}>
          <Status kind={kind}>{text}</Status>
        </span>
      );
    },
  },
  { id: 'seen', head: 'Last report', width: '144px', cell: edge => <Time at={edge.last_seen} relative /> },
  {
    id: 'flows',
    head: 'Active flows',
    width: '112px',
    end: true,
    cell: edge => <Count exact={edge.active_flows} of="active flows" />,
  },
  {
    id: 'bytes',
    head: 'Carried',
    width: '112px',
    end: true,
    cell: edge => <Bytes exact={edge.bytes_exact} />,
  },
];

export const EDGE_COLUMNS = { id, rest };
