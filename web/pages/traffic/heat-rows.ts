/** A cell of a heat map: the rate of some intervals; null: they have no measurement. */
export interface HeatCell {
  /** Start of the first interval and end of the last one, milliseconds. */
  from: number;
  to: number;
  bits_per_second: number | null;
}

export interface HeatRow {
  key: string;
  title: string;
  /** By column; undefined: outside the range. */
  cells: (HeatCell | undefined)[];
}

/** Ends of intervals, as the API returns them. */
interface Intervals {
  from: string;
  step_s: number;
  at: string[];
}

type Rates = readonly (number | null)[];

/** The day and hour of an instant. */
export type Place = (at: number) => { day: string; title: string; hour: number };

const HOURS = 24;

/**
 * A row for each day, a column for each hour: the average of the known intervals that begin in it.
 * An hour that a clock change repeats is one cell.
 */
export function hourRows(intervals: Intervals, rates: Rates, place: Place): HeatRow[] {
  const days = new Map<string, { title: string; hours: Map<number, Spans> }>();
  for (const span of spansOf(intervals, rates)) {
    const { day, title, hour } = place(span.from);
    const row = days.get(day) ?? { title, hours: new Map<number, Spans>() };
    row.hours.set(hour, [...(row.hours.get(hour) ?? []), span] as Spans);
    days.set(day, row);
  }
  return Array.from(days, ([key, { title, hours }]) => ({
    key,
    title,
    cells: Array.from({ length: HOURS }, (_, hour) => {
      const spans = hours.get(hour);
      return spans && cellOf(spans);
    }),
  }));
}

/** A row for each group, a column for each interval. */
export function groupTimeRows(
  intervals: Intervals,
  groups: readonly { id: string; bits_per_second: Rates }[],
  name: (id: string) => string,
): HeatRow[] {
  return groups.map(({ id, bits_per_second }) => ({
    key: id,
    title: name(id),
    cells: spansOf(intervals, bits_per_second),
  }));
}

/** The highest rate of all cells; 0 if none is known. */
export function highestOf(rows: readonly HeatRow[]): number {
  return rows.reduce(
    (highest, { cells }) => Math.max(highest, ...cells.map(cell => cell?.bits_per_second ?? 0)),
    0,
  );
}

type Spans = [HeatCell, ...HeatCell[]];

function cellOf(spans: Spans): HeatCell {
  const known = spans.filter(({ bits_per_second }) => bits_per_second !== null);
  const time = known.reduce((sum, { from, to }) => sum + to - from, 0);
  const bits = known.reduce((sum, { from, to, bits_per_second }) => sum + bits_per_second! * (to - from), 0);
  return { from: spans[0].from, to: spans.at(-1)!.to, bits_per_second: time > 0 ? bits / time : null };
}

function spansOf({ from, step_s, at }: Intervals, rates: Rates): HeatCell[] {
  const ends = at.map(end => Date.parse(end));
  const begin = Math.max(Date.parse(from), (ends[0] ?? 0) - step_s * 1000);
  return ends.map((to, index) => ({
    from: index === 0 ? begin : ends[index - 1]!,
    to,
    bits_per_second: rates[index] ?? null,
  }));
}
