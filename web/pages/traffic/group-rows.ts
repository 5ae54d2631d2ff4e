import type { Series } from './operations.ts';

/** What a group carried over the range, beside the rest. */
export interface GroupRow {
  /** The groups that the chart names, the others together, or all of them. */
  kind: 'group' | 'other' | 'total';
  id: string;
  bytes_exact: string;
  /** Of the total, 0 to 1; null where that is 0. */
  share: number | null;
  /** Bits a second over the time that has intervals; null: there are none. */
  average: number | null;
  /** The highest of the intervals; null where none has a reading. */
  highest: number | null;
  /** What it carried in the period before; null where that wasn't asked for. */
  before_exact: string | null;
  /**
   * How much more it carried than in the period before, 0.5 is half as much again; null where it
   * carried nothing then, or not all of it is known.
   */
  change: number | null;
}

/** A row a group, the largest first, then the others where there are any, then the total. */
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
 * From the beginning of the first interval to the end of the last, without those before the system
 * began.
 */
function coveredSeconds({ from, step_s, at }: Pick<Series, 'from' | 'step_s' | 'at'>): number {
  if (at.length === 0) return 0;
  const begin = Math.max(Date.parse(from), Date.parse(at[0]!) - step_s * 1000);
  return (Date.parse(at.at(-1)!) - begin) / 1000;
}

/** Whether a period has intervals from its beginning on: the system didn't begin within it. */
function reaches({ from, at }: { from: string; at: string[] }, step_s: number): boolean {
  return at.length > 0 && Date.parse(at[0]!) - step_s * 1000 <= Date.parse(from);
}

/** To five digits behind the point at any size; null of nothing. */
function ratio(part: bigint, whole: bigint): number | null {
  return whole === 0n ? null : Number((part * 100_000n) / whole) / 100_000;
}
