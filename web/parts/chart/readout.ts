import { UNKNOWN } from '../format.ts';
import { heardWords, type TrustedIntervals } from './trust.ts';

/** The index of the interval at a time; undefined: none. */
export function intervalAt({ from, at }: TrustedIntervals, seconds: number): number | undefined {
  if (seconds < from) return undefined;
  const index = at.findIndex(end => seconds <= end);
  return index === -1 ? undefined : index;
}

/** Start and end of an interval, in seconds. */
export function boundsOfInterval({ from, at }: TrustedIntervals, index: number): [number, number] {
  return [index === 0 ? from : at[index - 1]!, at[index]!];
}

/** The last interval with a measurement; the last one if none has. */
export function lastRead({ at, gaps }: TrustedIntervals): number {
  const last = gaps.lastIndexOf(false);
  return last === -1 ? at.length - 1 : last;
}

/** The sum of the known values of an interval; null if none is known. */
export function totalAt(columns: readonly (readonly (number | null)[])[], index: number): number | null {
  const known = columns.map(values => values[index] ?? null).filter(value => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Why an interval's figures are incomplete, in words; undefined: no known reason. */
export function trustWords(
  { completeness, gaps, resets }: TrustedIntervals,
  index: number,
): string | undefined {
  const share = completeness[index] ?? null;
  const missing = gaps[index]
    ? 'No measurement'
    : share !== null && share < 1
      ? heardWords(share)
      : undefined;
  if (!resets[index]) return missing;
  return missing === undefined ? 'Counters reset' : `${missing}, counters reset`;
}

/** The completeness of an interval's figures in words; a dash if it is not known. */
export function intervalTrust(intervals: TrustedIntervals, index: number): string {
  const isKnown = (intervals.completeness[index] ?? null) !== null;
  return trustWords(intervals, index) ?? (isKnown ? 'Complete' : UNKNOWN);
}
