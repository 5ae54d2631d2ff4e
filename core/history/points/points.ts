import type { Range } from '../resolution.ts';
import { RESOLUTIONS } from '../resolution.ts';
import type { Peak, Sample, SnapshotMark } from '../sample.ts';

/** One interval of history: it begins at `from`, ends at `at`, and holds what came between the two samples. */
export interface HistoryPoint {
  from: number;
  at: number;
  /** Totals at the end of the interval. `undefined` in a gap. */
  packets_total?: bigint;
  bytes_total?: bigint;
  /** What came in the interval; where minutes before it were missed, since the last sample. */
  packets: bigint;
  bytes: bigint;
  packets_per_second: number;
  bits_per_second: number;
  active_flows: number;
  peak?: Peak;
  /** No snapshot was taken at the end of this interval: its traffic is in the next point that has one. */
  gap: boolean;
  /** Intervals before this one that were missed and whose traffic this point includes. */
  intervals_missed: number;
  /** The policy's statistics were reset in this interval. */
  reset: boolean;
  completeness: Completeness;
}

/** How much of the network a figure covers. 1 means: every registered edge had been heard from. */
export interface Completeness {
  edges_expected: number;
  edges_heard: number;
  ratio: number;
}

export interface HistoryInput {
  range: Range;
  /** Ascending; may begin before the range. */
  samples: readonly Sample[];
  /** Ascending, of the same resolution; may begin before the range. */
  marks: readonly SnapshotMark[];
  /** The snapshot that the first point counts from; undefined: it is not known what was before, and the first sample is the base. */
  base: SnapshotMark | undefined;
  /** Where the system began, if in or after the range (`RangeMarks`). */
  begins?: number | undefined;
  /** Instants of resets, milliseconds. */
  resets?: readonly number[];
  /** An interval that has not ended by then, or whose snapshot may still come, is left out. */
  now: number;
}

/** A snapshot runs for 55 seconds at most and is called once more within a minute: later, its minute is missed. */
const SNAPSHOT_MAY_COME_MS = 120_000;

/**
 * The intervals of a range, one a grid step, in order, from the system's first snapshot to the last interval that is over. Increments are
 * differences of neighbouring samples, so their sum over the range is the difference of its ends exactly, and ranges that follow each
 * other have every increment once. Rates divide by the time between the two readings (`taken_at`), not by the grid, so a late
 * snapshot doesn't show a dent and a spike.
 */
export function historyPoints(input: HistoryInput): HistoryPoint[] {
  const { range, samples, marks, begins = range.from, resets = [], now } = input;
  const step = RESOLUTIONS[range.resolution].ms;
  const sampleAt = new Map(samples.map(sample => [sample.at, sample]));
  const markAt = new Map(marks.map(mark => [mark.at, mark]));
  const lastMark = marks.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  let previous = baseOf(input);
  let missed = previous ? Math.max(0, (range.from - previous.at) / step) : 0;
  const points: HistoryPoint[] = [];
  for (let from = Math.max(range.from, begins); from < range.to; from += step) {
    const at = from + step;
    if (at > lastMark && at > now - SNAPSHOT_MAY_COME_MS) break;
    const reset = resets.some(instant => instant > from && instant <= at);
    const mark = markAt.get(at);
    const current = sampleAt.get(at) ?? (mark && previous && unchanged(previous, mark));
    if (!current || (previous && isLess(current, previous))) {
      points.push(gapPoint({ from, at, reset }));
      missed += 1;
      continue;
    }
    points.push({ ...between({ previous, current, from, at, mark }), reset, intervals_missed: missed });
    previous = current;
    missed = 0;
  }
  return points;
}

/** What an increment is counted from. Without `taken_at` the time between is unknown, and there is no rate. */
interface Base extends Omit<Sample, 'taken_at'> {
  taken_at?: number;
}

const NOTHING = { packets: 0n, bytes: 0n, active_flows: 0 };

function baseOf({ range, samples, base, begins }: HistoryInput): Base | undefined {
  if (begins !== undefined) return { ...NOTHING, at: Math.max(range.from, begins) };
  // A policy that no snapshot before had seen counts from zero.
  return base && unchanged(samples.findLast(({ at }) => at <= base.at) ?? NOTHING, base);
}

function unchanged({ packets, bytes, active_flows }: Omit<Base, 'at'>, mark: SnapshotMark): Sample {
  return { at: mark.at, taken_at: mark.taken_at, packets, bytes, active_flows };
}

// Totals only grow: where one is less, a clock that was set back has made the snapshot stand at a wrong time.
function isLess(current: Sample, previous: Base): boolean {
  return current.packets < previous.packets || current.bytes < previous.bytes;
}

interface Interval {
  previous: Base | undefined;
  current: Sample;
  from: number;
  at: number;
  mark: SnapshotMark | undefined;
}

type MarkedLater = 'reset' | 'intervals_missed';

function between({ previous, current, from, at, mark }: Interval): Omit<HistoryPoint, MarkedLater> {
  const packets = previous ? current.packets - previous.packets : 0n;
  const bytes = previous ? current.bytes - previous.bytes : 0n;
  const seconds = (current.taken_at - (previous?.taken_at ?? current.taken_at)) / 1000;
  return {
    from,
    at,
    packets_total: current.packets,
    bytes_total: current.bytes,
    packets,
    bytes,
    packets_per_second: perSecond(packets, seconds),
    bits_per_second: perSecond(bytes * 8n, seconds),
    active_flows: current.active_flows,
    ...(current.peak && { peak: current.peak }),
    gap: false,
    completeness: completenessOf(mark),
  };
}

function gapPoint({ from, at, reset }: { from: number; at: number; reset: boolean }): HistoryPoint {
  return {
    from,
    at,
    packets: 0n,
    bytes: 0n,
    packets_per_second: 0,
    bits_per_second: 0,
    active_flows: 0,
    gap: true,
    intervals_missed: 0,
    reset,
    completeness: completenessOf(undefined),
  };
}

/** The share of registered edges that had been heard from; nothing registered is complete, nothing known is not. */
function completenessOf(mark: SnapshotMark | undefined): Completeness {
  if (!mark) return { edges_expected: 0, edges_heard: 0, ratio: 0 };
  const { edges_expected, edges_heard } = mark;
  return { edges_expected, edges_heard, ratio: edges_expected === 0 ? 1 : edges_heard / edges_expected };
}

function perSecond(count: bigint, seconds: number): number {
  return seconds > 0 ? Number(count) / seconds : 0;
}
