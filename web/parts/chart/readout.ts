import { UNKNOWN } from '../format.ts';
import { heardWords, type TrustedIntervals } from './trust.ts';

/** The interval that a place on the time axis lies in, by its index; undefined: none. */
export function intervalAt({ from, at }: TrustedIntervals, seconds: number): number | undefined {
  if (seconds < from) return undefined;
  const index = at.findIndex(end => seconds <= end);
  return index === -1 ? undefined : index;
}

/** Begin and end of an interval, in seconds. */
export function boundsOfInterval({ from, at }: TrustedIntervals, index: number): [number, number] {
  return [index === 0 ? from : at[index - 1]!, at[index]!];
}

/** The last interval that has a reading; the last one where none has. */
export function lastRead({ at, gaps }: TrustedIntervals): number {
  const last = gaps.lastIndexOf(false);
  return last === -1 ? at.length - 1 : last;
}

/** The sum of what is known at an interval; null where nothing is. */
export function totalAt(columns: readonly (readonly (number | null)[])[], index: number): number | null {
  const known = columns.map(values => values[index] ?? null).filter(value => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** What makes an interval's figures less than whole, in words; undefined: nothing that is known. */
export function trustWords(
  { completeness, gaps, resets }: TrustedIntervals,
  index: number,
): string | undefined {
  const share = completeness[index] ?? null;
  const missing = gaps[index] ? 'No reading' : share !== null && share < 1 ? heardWords(share) : undefined;
  if (!resets[index]) return missing;
  return missing === undefined ? 'Counters reset' : `${missing}, counters reset`;
}

/**
 * How far an interval's figures can be trusted, in words, whole ones too; a dash where that isn't
 * known.
 */
export function intervalTrust(intervals: TrustedIntervals, index: number): string {
  const isKnown = (intervals.completeness[index] ?? null) !== null;
  return trustWords(intervals, index) ?? (isKnown ? 'Complete' : UNKNOWN);
}
