import { readFirstSnapshot } from '../first-snapshot.ts';
import { readLateReadings } from '../late/late-readings.ts';
import { LOOK_AHEAD_MS } from '../late/look-ahead.ts';
import { ceilTo, isWhole, type KeptAsOf, type Range, RESOLUTIONS } from '../resolution.ts';
import type { SnapshotMark } from '../sample.ts';
import { BASE_WITHIN_MS } from '../sample-expiry.ts';
import { readLastMark, readMarks, type SampleStore, type StoredRange } from '../sample-store.ts';

/** The snapshots from which the points of a range are made. */
export interface RangeMarks {
  /**
   * In order of time: the marks of the range, and before them those with the base of its first
   * point.
   */
  marks: SnapshotMark[];
  /**
   * The last mark at or before the range whose samples are all kept; undefined: what was before the
   * first point is not known.
   */
  base: SnapshotMark | undefined;
  /** In order of time: marks after the range whose readings may have late counts of it. */
  later: SnapshotMark[];
  /**
   * The ranges of these marks' samples: the range, the time around the last mark before it if
   * minutes were missed, and the times after it with late counts.
   */
  ranges: StoredRange[];
  /**
   * Start of the interval of the system's first snapshot, if it is in or after the range.
   * Everything counts from zero from there on, and there is no history before it. It is the begin
   * of the range if no reading since has an instant up to it.
   */
  begins?: number;
}

/**
 * Reads the marks of a range with one Query, and one or two more if its beginning has no mark
 * because minutes were missed or the system didn't exist. A range that ended long ago needs one
 * more, for later readings with late counts of it.
 */
export async function readRangeMarks(
  store: SampleStore,
  { range, ...kept }: KeptAsOf & { range: Range },
): Promise<RangeMarks> {
  const { resolution, from, to } = range;
  const near: StoredRange = {
    resolution,
    from: from - BASE_WITHIN_MS[resolution],
    to: Math.min(to + LOOK_AHEAD_MS[resolution], Math.max(to, kept.now)),
  };
  const ranges = [near];
  const [found, far] = await Promise.all([
    readMarks(store, near),
    readFarMarks(store, { range, after: near.to, now: kept.now }),
  ]);
  const later = [...found.filter(mark => mark.at > to), ...far];
  ranges.push(...far.map(({ at }) => ({ resolution, from: at, to: at })));
  let marks = found.filter(mark => mark.at <= to);
  let base = marks.findLast(mark => mark.at <= from);
  if (base?.at !== from) {
    base ??= await readLastMark(store, { resolution, before: from });
    if (base && !isWhole(base.at, resolution, kept)) base = undefined;
    if (base) {
      const before: StoredRange = {
        resolution,
        from: base.at - BASE_WITHIN_MS[resolution],
        to: Math.min(base.at, near.from - RESOLUTIONS.MINUTE.ms),
      };
      ranges.unshift(before);
      marks = [...(await readMarks(store, before)), ...marks];
    }
  }
  // The mark of an hour or day that was taken after its own time may be the system's first.
  if (base && base.minute <= base.at) return { marks, later, base, ranges };
  const first = await readFirstSnapshot(store);
  if (first === undefined) return { marks, later, base, ranges };
  const { ms } = RESOLUTIONS[resolution];
  const beginning = ceilTo(first, ms) - ms;
  // The first reading's mark of an hour or day that had ended by then counts in no range, and is no
  // base of later ones.
  if (first <= from && !(base && base.at <= beginning)) return { marks, later, base, ranges };
  const begins = Math.max(from, beginning);
  return { marks: marks.filter(mark => mark.at > begins), later, base: undefined, ranges, begins };
}

/**
 * Marks of readings with counts of a range that are further after it than readers look ahead.
 */
async function readFarMarks(
  store: SampleStore,
  { range, after, now }: { range: Range; after: number; now: number },
): Promise<SnapshotMark[]> {
  const { resolution, to } = range;
  if (after >= now) return [];
  const instants = await readLateReadings(store, { resolution, after, to: now, reaching: to });
  const marks = await Promise.all(instants.map(at => readMarks(store, { resolution, from: at, to: at })));
  return marks.flat();
}
