import { ValidationError } from '../../errors.ts';
import { type KeptAsOf, type Range, RESOLUTION_NAMES, RESOLUTIONS, resolveRange } from '../resolution.ts';

/** Preferred lengths of an interval in steps of a resolution. */
const NICE = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440];

/** Upper limit of the intervals in an answer. */
export const MAX_SERIES_POINTS = 1_500;

/** A range and the length of its intervals. One begins at the beginning of the range. */
export interface SeriesRange extends Range {
  /** Length of an interval in milliseconds; a multiple of the resolution's. */
  step: number;
}

interface AskedSeries extends KeptAsOf {
  from: number;
  to: number;
  /** Upper limit of the intervals, 1 to 1,500. */
  points: number;
  /** Upper limit of the readings. An answer from lanes reads a sample of each lane at each. */
  max_readings?: number;
}

/**
 * The finest resolution that is kept and has no more than 1,500 and `max_readings` readings, with
 * intervals of which there are no more than `points`.
 *
 * @throws ValidationError for a range that no resolution has, or that has too many readings even in
 * days
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
    `The range has more than ${max_readings} readings, which is the limit for this number of lanes: ask for a shorter range, or filter by a site or an edge.`,
  );
}
