import { chartOf } from '../../panels/series-chart.ts';
import type { FileColumn } from '../../parts/table-file.ts';
import type { GroupRow } from './group-rows.ts';
import type { Series } from './operations.ts';

/** An interval of a group, a row of the file. */
export interface IntervalRow {
  from: string;
  to: string;
  kind: GroupRow['kind'] | 'previous period';
  id: string;
  name: string;
  bits_per_second: number | null;
  heard: number | null;
  gap: boolean;
  reset: boolean;
}

/** The chart's figures: a row for each interval and group, ordered by interval. */
export function intervalRows(series: Series, name: (id: string) => string): IntervalRow[] {
  const { groups, other, total, previous, at } = series;
  const begin = Math.max(Date.parse(series.from), Date.parse(at[0] ?? series.from) - series.step_s * 1000);
  const drawn = previous && chartOf(series, name).series.find(({ dashed }) => dashed);
  const columns = [
    ...groups.map(group => ({ ...group, kind: 'group' as const, name: name(group.id) })),
    ...(other ? [{ ...other, kind: 'other' as const, name: 'Others' }] : []),
    { ...total, kind: 'total' as const, name: 'Total' },
    ...(drawn
      ? [
          {
            ...drawn,
            kind: 'previous period' as const,
            name: 'Previous period',
            bits_per_second: drawn.values,
          },
        ]
      : []),
  ];
  return at.flatMap((to, index) =>
    columns.map(({ kind, id, name, bits_per_second }) => ({
      ...{ from: at[index - 1] ?? new Date(begin).toISOString(), to, kind, id, name },
      bits_per_second: bits_per_second[index] ?? null,
      heard: series.completeness[index] ?? null,
      gap: series.gaps[index]!,
      reset: series.resets[index]!,
    })),
  );
}

export const INTERVAL_COLUMNS: readonly FileColumn<IntervalRow>[] = [
  { name: 'from_utc', value: ({ from }) => from },
  { name: 'to_utc', value: ({ to }) => to },
  { name: 'row', value: ({ kind }) => kind },
  { name: 'id', value: ({ kind, id }) => (kind === 'group' ? id : null) },
  { name: 'name', value: ({ name }) => name },
  { name: 'bits_per_second', value: row => row.bits_per_second },
  { name: 'edges_heard_share', value: ({ heard }) => heard },
  { name: 'gap', value: ({ gap }) => gap },
  { name: 'reset', value: ({ reset }) => reset },
];

/** Columns of the sums of groups. */
export function sumColumns(name: (id: string) => string): FileColumn<GroupRow>[] {
  return [
    { name: 'row', value: ({ kind }) => kind },
    { name: 'id', value: ({ kind, id }) => (kind === 'group' ? id : null) },
    { name: 'name', value: ({ kind, id }) => (kind === 'group' ? name(id) : null) },
    { name: 'bytes', value: ({ bytes_exact }) => BigInt(bytes_exact) },
    { name: 'share', value: ({ share }) => share },
    { name: 'average_bits_per_second', value: ({ average }) => average },
    { name: 'highest_bits_per_second', value: ({ highest }) => highest },
    {
      name: 'bytes_before',
      value: ({ before_exact }) => (before_exact === null ? null : BigInt(before_exact)),
    },
    { name: 'change', value: ({ change }) => change },
  ];
}
