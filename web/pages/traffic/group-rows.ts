import type { Series } from './operations.ts';

/** What a group carried over the range, beside the rest. */
export interface GroupRow {
  id: string;
  bytes_exact: string;
  /** Of the total, 0 to 1; null where that is 0. */
  share: number | null;
  /** Bits a second over the time that has intervals; null: there are none. */
  average: number | null;
  /** The highest of the intervals; null where none has a reading. */
  highest: number | null;
}

export const TOTAL = 'total';
export const OTHER = 'other';

/** A row a group, the largest first, then the others where there are any, then the total. */
export function groupRows(series: Series): GroupRow[] {
  const { groups, other, total } = series;
  const seconds = coveredSeconds(series);
  return [...groups, ...(other ? [other] : []), total].map(({ id, bytes_exact, bits_per_second }) => {
    const known = bits_per_second.filter(value => value !== null);
    return {
      id,
      bytes_exact,
      share: shareOf(BigInt(bytes_exact), BigInt(total.bytes_exact)),
      average: seconds > 0 ? (Number(bytes_exact) * 8) / seconds : null,
      highest: known.length === 0 ? null : Math.max(...known),
    };
  });
}

/** From the beginning of the first interval to the end of the last, without those before the system began. */
function coveredSeconds({ from, step_s, at }: Pick<Series, 'from' | 'step_s' | 'at'>): number {
  if (at.length === 0) return 0;
  const begin = Math.max(Date.parse(from), Date.parse(at[0]!) - step_s * 1000);
  return (Date.parse(at.at(-1)!) - begin) / 1000;
}

/** Exact to a thousandth of a per cent at any size. */
function shareOf(part: bigint, whole: bigint): number | null {
  return whole === 0n ? null : Number((part * 100_000n) / whole) / 100_000;
}
