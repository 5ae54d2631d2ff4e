import type { Series } from './operations.ts';

/** The traffic of a group over the range, with its share. */
export interface GroupRow {
  /** A group that the chart names, the other groups together, or all groups. */
  kind: 'group' | 'other' | 'total';
  id: string;
  bytes_exact: string;
  /** Share of the total, 0 to 1; null if the total is 0. */
  share: number | null;
  /** Average bit/s over the time that has intervals; null: there are none. */
  average: number | null;
  /** The highest bit/s of an interval; null if no interval has a measurement. */
  highest: number | null;
  /** Its bytes in the previous period; null if that was not requested. */
  before_exact: string | null;
  /**
   * The change since the previous period, 0.5 is 50 % more; null if it had no traffic then, or not
   * all of it is known.
   */
  change: number | null;
}

/** A row for each group, largest first, then the others if there are any, then the total. */
export function groupRows(series: Series): GroupRow[] {
  const { groups, other, total, previous } = series;
  const seconds = coveredSeconds(series);
  const isWhole = previous !== null && reaches(previous, series.step_s);
  const row = (kind: GroupRow['kind'], group: Series['total'], before: bigint | undefined): GroupRow => {
    const carried = BigInt(group.bytes_exact);
    const known = group.bits_per_second.filter(value => value !== null);
    return {
      kind,
      id: group.id,
      bytes_exact: group.bytes_exact,
      share: ratio(carried, BigInt(total.bytes_exact)),
      average: seconds > 0 ? (Number(carried) * 8) / seconds : null,
      highest: known.length === 0 ? null : Math.max(...known),
      before_exact: before === undefined ? null : String(before),
      change: before === undefined || !isWhole ? null : ratio(carried - before, before),
    };
  };
  const before = new Map(previous?.groups.map(({ id, bytes_exact }) => [id, BigInt(bytes_exact)]));
  const totalBefore = previous ? BigInt(previous.total.bytes_exact) : undefined;
  const othersBefore =
    totalBefore !== undefined
      ? totalBefore - [...before.values()].reduce((sum, each) => sum + each, 0n)
      : undefined;
  return [
    ...groups.map(group => row('group', group, before.get(group.id))),
    ...(other ? [row('other', other, othersBefore)] : []),
    row('total', total, totalBefore),
  ];
}

/**
 * From the start of the first interval to the end of the last, without the time before the system
 * began.
 */
function coveredSeconds({ from, step_s, at }: Pick<Series, 'from' | 'step_s' | 'at'>): number {
  if (at.length === 0) return 0;
  const begin = Math.max(Date.parse(from), Date.parse(at[0]!) - step_s * 1000);
  return (Date.parse(at.at(-1)!) - begin) / 1000;
}

/** Whether a period has intervals from its start, so that the system did not begin within it. */
function reaches({ from, at }: { from: string; at: string[] }, step_s: number): boolean {
  return at.length > 0 && Date.parse(at[0]!) - step_s * 1000 <= Date.parse(from);
}

/** A ratio to five decimal places at any size; null if the divisor is 0. */
function ratio(part: bigint, whole: bigint): number | null {
  return whole === 0n ? null : Number((part * 100_000n) / whole) / 100_000;
}
