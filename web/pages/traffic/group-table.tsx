import { useMemo } from 'react';
import { Bytes } from '../../parts/figures.tsx';
import { bitsPerSecond, count, percent, UNKNOWN } from '../../parts/format.ts';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { type GroupRow, groupRows, OTHER, TOTAL } from './group-rows.ts';
import type { Series } from './operations.ts';
import { FIELDS, type Field } from './traffic-address.ts';

export interface GroupTableProps {
  by: Field;
  series: Series;
  name(id: string): string;
}

/** What the chart shows as sums over the range. */
export function GroupTable({ by, series, name }: GroupTableProps) {
  const rows = useMemo(() => groupRows(series), [series]);
  const columns: Column<GroupRow>[] = [
    {
      id: 'name',
      head: FIELDS[by].one,
      width: 'minmax(160px, 2fr)',
      cell: ({ id }) => <NameCell id={id} name={name} />,
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
    { id: 'average', head: 'Average', width: '120px', end: true, cell: ({ average }) => rate(average) },
    { id: 'highest', head: 'Highest', width: '120px', end: true, cell: ({ highest }) => rate(highest) },
  ];
  return (
    <VirtualTable
      label={`Traffic by ${by}`}
      columns={columns}
      rows={rows}
      rowId={({ id }) => id}
      maxRows={24}
    />
  );
}

function NameCell({ id, name }: { id: string; name(id: string): string }) {
  if (id === TOTAL) return <b>Total</b>;
  if (id === OTHER) return <span className="muted">Others</span>;
  return <bdi className="clip">{name(id)}</bdi>;
}

function rate(value: number | null) {
  return (
    <data value={value ?? ''} title={value === null ? 'Not known' : `${count(Math.round(value))} bit/s`}>
      {bitsPerSecond(value)}
    </data>
  );
}
