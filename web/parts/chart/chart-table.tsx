import { useMemo } from 'react';
import { Time } from '../figures.tsx';
import { type Column, VirtualTable } from '../table/virtual-table.tsx';
import type { ChartSeries } from './chart-series.ts';
import { intervalTrust } from './readout.ts';
import type { TrustedIntervals } from './trust.ts';

export interface ChartTableProps {
  label: string;
  intervals: TrustedIntervals;
  series: readonly ChartSeries[];
  format(value: number | null): string;
  exact(value: number | null): string;
}

interface Interval {
  end: string;
  trust: string;
  values: readonly (number | null)[];
}

/** The figures of a chart: a row for each interval, newest first, with its completeness. */
export function ChartTable({ label, intervals, series, format, exact }: ChartTableProps) {
  const rows = useMemo(() => rowsOf(intervals, series), [intervals, series]);
  const columns: Column<Interval>[] = [
    { id: 'end', head: 'Until', width: '176px', cell: ({ end }) => <Time at={end} /> },
    { id: 'trust', head: 'Completeness', width: '208px', cell: ({ trust }) => trust },
    ...series.map(
      ({ id, name }, index): Column<Interval> => ({
        id: `series ${id}`,
        head: name,
        width: 'minmax(112px, 1fr)',
        end: true,
        cell: ({ values }) => (
          <data value={values[index] ?? ''} title={exact(values[index] ?? null)}>
            {format(values[index] ?? null)}
          </data>
        ),
      }),
    ),
  ];
  return (
    <VirtualTable
      label={`${label} as a table`}
      columns={columns}
      rows={rows}
      rowId={({ end }) => end}
      maxRows={12}
    />
  );
}

function rowsOf(intervals: TrustedIntervals, series: readonly ChartSeries[]): Interval[] {
  return intervals.at
    .map((at, index) => ({
      end: new Date(at * 1000).toISOString(),
      trust: intervalTrust(intervals, index),
      values: series.map(({ values }) => values[index] ?? null),
    }))
    .reverse();
}
