import { readFirstSnapshot } from '../first-snapshot.ts';
import { readLateReadings } from '../late/late-readings.ts';
import { LOOK_AHEAD_MS } from '../late/look-ahead.ts';
import { ceilTo, isWhole, type KeptAsOf, type Range, RESOLUTIONS } from '../resolution.ts';
import type { SnapshotMark } from '../sample.ts';
import { BASE_WITHIN_MS } from '../sample-expiry.ts';
import { readLastMark, readMarks, type SampleStore, type StoredRange } from '../sample-store.ts';

/** The snapshots that the points of a range are made of. */
export interface RangeMarks {
  /**
   * Ascending: those of the range, and before them those in which the base of its first point is
   * found.
   */
  marks: SnapshotMark[];
  /**
   * The last one at or before the range whose figures are still whole; undefined: what was before
   * its first point is unknown.
   */
  base: SnapshotMark | undefined;
  /** Ascending: those behind the range whose readings may bring late counts of it. */
  later: SnapshotMark[];
  /**
   * Where samples of these marks may lie: in the range, around the last mark before it, where
   * minutes before it were missed, and behind it, where late counts came.
   */
  ranges: StoredRange[];
  /**
   * Beginning of the interval in which the system's first snapshot was taken, where it lies in or
   * after the range: from there on all is counted from zero, and before it there is nothing to
   * tell. The range's own where no reading since stands for an instant up to it.
   */
  begins?: number;
}

/**
 * Reads the marks of a range: one Query, and one or two more where its beginning has no mark,
 * because minutes were missed or the system didn't exist. A range that ended long ago takes one
 * more, for readings that brought late counts of it still later.
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
  // An hour's or day's mark that was taken later than its own time may be the system's first:
  // nothing was before it.
  if (base && base.minute <= base.at) return { marks, later, base, ranges };
  const first = await readFirstSnapshot(store);
  if (first === undefined) return { marks, later, base, ranges };
  const { ms } = RESOLUTIONS[resolution];
  const beginning = ceilTo(first, ms) - ms;
  // The first reading's mark of an hour or day that was over by then counts in no range: it is no
  // base of later ones either.
  if (first <= from && !(base && base.at <= beginning)) return { marks, later, base, ranges };
  const begins = Math.max(from, beginning);
  return { marks: marks.filter(mark => mark.at > begins), later, base: undefined, ranges, begins };
}

/**
 * Marks of the readings that lie further behind a range than all that follow it, and brought counts
 * of it.
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
