import { percent } from '../format.ts';
import type { TrustedIntervals } from './trust.ts';

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

/** How far an interval's figures can be trusted, in words; undefined: nothing is known to be missing. */
export function trustWords(
  { completeness, gaps, resets }: TrustedIntervals,
  index: number,
): string | undefined {
  if (gaps[index]) return 'No reading';
  const share = completeness[index] ?? null;
  const words = [
    ...(share !== null && share < 1 ? [`${percent(Math.floor(share * 1000) / 10)} of the edges heard`] : []),
    ...(resets[index] ? ['Counters reset'] : []),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}
