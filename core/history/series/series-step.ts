import { ValidationError } from '../../errors.ts';
import { type KeptAsOf, type Range, RESOLUTION_NAMES, RESOLUTIONS, resolveRange } from '../resolution.ts';

/** Lengths of an interval in steps of a resolution: they divide the hour, the day or nothing. */
const NICE = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440];

/** The most intervals that an answer has. */
export const MAX_SERIES_POINTS = 1_500;

/** A range, and how long an interval of its answer is; the first begins with the range. */
export interface SeriesRange extends Range {
  /** Milliseconds; a whole number of the resolution's. */
  step: number;
}

interface AskedSeries extends KeptAsOf {
  from: number;
  to: number;
  /** The most intervals, 1 to 1,500. */
  points: number;
  /** Readings that may be read: an answer off lanes reads one of each lane. */
  max_readings?: number;
}

/**
 * The finest resolution that is kept, has at most 1,500 readings and that can be paid for, and
 * intervals of it that give no more than `points`.
 *
 * @throws ValidationError for a range that no resolution has, or that takes too many readings in
 * days, too
 */
export function seriesRange({
  points,
  max_readings = MAX_SERIES_POINTS,
  ...asked
}: AskedSeries): SeriesRange {
  const finest = resolveRange(asked);
  const names = RESOLUTION_NAMES.slice(RESOLUTION_NAMES.indexOf(finest.resolution));
  for (const resolution of names) {
    const range = resolution === finest.resolution ? finest : resolveRange({ ...asked, resolution });
    const { ms } = RESOLUTIONS[resolution];
    const intervals = (range.to - range.from) / ms;
    if (intervals > max_readings) continue;
    const factor = NICE.find(each => intervals / each <= points) ?? Math.ceil(intervals / points);
    return { ...range, step: factor * ms };
  }
  throw new ValidationError(
    `The range takes more than the ${max_readings} readings that one answer has for so many lanes: ask for a shorter range, or filter by a site or an edge.`,
  );
}
