import { EyeOff } from 'lucide-react';
import { Button } from '../../parts/button.tsx';
import { Bytes } from '../../parts/figures.tsx';
import { bitsPerSecond, count, percent, signedPercent, UNKNOWN } from '../../parts/format.ts';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import type { GroupRow } from './group-rows.ts';
import { FIELDS } from './traffic-address.ts';
import type { Names } from './use-names.ts';
import { type Traffic, useTraffic } from './use-traffic.ts';

export interface GroupTableProps {
  rows: readonly GroupRow[];
  /** Whether the previous period was requested. */
  compares: boolean;
  names: Names;
}

/** The groups of the chart as sums over the range; a click on a name filters the page by it. */
export function GroupTable({ rows, compares, names }: GroupTableProps) {
  const traffic = useTraffic();
  const { by } = traffic;
  return (
    <VirtualTable
      label={`Traffic by ${by}`}
      columns={columnsOf({ traffic, names, compares })}
      rows={rows}
      rowId={({ kind, id }) => `${kind} ${id}`}
      maxRows={24}
    />
  );
}

interface Columns {
  traffic: Traffic;
  names: Names;
  /** Whether the previous period was requested. */
  compares: boolean;
}

function columnsOf({ traffic, names, compares }: Columns): Column<GroupRow>[] {
  const { by, only, leaveOut } = traffic;
  const before: Column<GroupRow>[] = [
    {
      id: 'before',
      head: 'Previous period',
      width: '112px',
      end: true,
      cell: ({ before_exact }) => <Bytes exact={before_exact} />,
    },
    {
      id: 'change',
      head: 'Change',
      width: '96px',
      end: true,
      cell: ({ change }) => (
        <data
          value={change ?? ''}
          title={
            change === null
              ? 'Not known: there was no traffic in the previous period, or the system began within it'
              : 'Compared with the previous period'
          }
        >
          {change === null ? UNKNOWN : signedPercent(change * 100)}
        </data>
      ),
    },
  ];
  return [
    {
      id: 'name',
      head: FIELDS[by].one,
      width: 'minmax(160px, 2fr)',
      cell: ({ kind, id }) => {
        if (kind === 'total') return <b>Total</b>;
        if (kind === 'other') return <span className="muted">Others</span>;
        const name = names.of(by, id);
        return (
          <Button kind="link" aria-label={`Only ${name}`} onPress={() => only(by, id)}>
            <bdi className="clip">{name}</bdi>
          </Button>
        );
      },
    },
    {
      id: 'share',
      head: 'Share',
      width: '80px',
      end: true,
      cell: ({ share }) => (share === null ? UNKNOWN : percent(share * 100)),
    },
    {
      id: 'bytes',
      head: 'Carried',
      width: '104px',
      end: true,
      cell: ({ bytes_exact }) => <Bytes exact={bytes_exact} />,
    },
    ...(compares ? before : []),
    {
      id: 'average',
      head: 'Average',
      width: '120px',
      end: true,
      cell: ({ average }) => <Bits value={average} />,
    },
    {
      id: 'highest',
      head: 'Highest',
      width: '120px',
      end: true,
      cell: ({ highest }) => <Bits value={highest} />,
    },
    {
      id: 'actions',
      head: '',
      width: '48px',
      cell: ({ kind, id }) =>
        kind === 'group' && (
          <Button
            square
            kind="quiet"
            aria-label={`Leave out ${names.of(by, id)}`}
            onPress={() => leaveOut(by, id)}
          >
            <EyeOff size={16} aria-hidden />
          </Button>
        ),
    },
  ];
}

function Bits({ value }: { value: number | null }) {
  return (
    <data value={value ?? ''} title={value === null ? 'Not known' : `${count(Math.round(value))} bit/s`}>
      {bitsPerSecond(value)}
    </data>
  );
}
