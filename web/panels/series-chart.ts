import type { ChartSeries } from '../parts/chart/chart-series.ts';
import { totalAt } from '../parts/chart/readout.ts';
import type { TrustedIntervals } from '../parts/chart/trust.ts';

/** The number of groups with their own colour; more could not be distinguished. */
const DRAWN = 8;

interface Rates {
  id: string;
  bits_per_second: (number | null)[];
}

/** The fields of `trafficSeries` that a chart needs. */
export interface DrawnSeries {
  from: string;
  step_s: number;
  at: string[];
  completeness: (number | null)[];
  gaps: boolean[];
  resets: boolean[];
  groups: Rates[];
  other: Rates | null;
  previous: { from: string; at: string[]; total: Rates } | null;
}

/**
 * A series of the API in the chart's form; the previous period is a dashed line over the same time.
 */
export function chartOf(
  { from, step_s, at: ends, completeness, gaps, resets, groups, other, previous }: DrawnSeries,
  name: (id: string) => string,
): { intervals: TrustedIntervals; series: ChartSeries[] } {
  const at = ends.map(end => Date.parse(end) / 1000);
  const begin = Math.max(Date.parse(from) / 1000, (at[0] ?? 0) - step_s);
  const series: ChartSeries[] = groups.slice(0, DRAWN).map(({ id, bits_per_second }, index) => ({
    id,
    name: name(id),
    colour: `series-${index + 1}`,
    values: bits_per_second,
  }));
  const rest = [...groups.slice(DRAWN), ...(other ? [other] : [])].map(group => group.bits_per_second);
  if (rest.length > 0) {
    const values = at.map((_, index) => totalAt(rest, index));
    series.push({ id: 'other', name: 'Others', colour: 'series-other', values, isRest: true });
  }
  if (previous) {
    const values = laidOver({ from, at: ends }, previous);
    series.push({ id: 'previous', name: 'Previous period', colour: 'text', values, dashed: true });
  }
  return { intervals: { from: begin, at, completeness, gaps, resets }, series };
}

/**
 * The rates of the previous period at the intervals with the same distance from its start; null if
 * it has none.
 */
function laidOver(
  { from, at }: Pick<DrawnSeries, 'from' | 'at'>,
  previous: NonNullable<DrawnSeries['previous']>,
): (number | null)[] {
  const shift = Date.parse(from) - Date.parse(previous.from);
  const rates = new Map(
    previous.at.map((end, index) => [Date.parse(end) + shift, previous.total.bits_per_second[index] ?? null]),
  );
  return at.map(end => rates.get(Date.parse(end)) ?? null);
}
