import type { Range } from './resolution.ts';
import { RESOLUTIONS } from './resolution.ts';
import type { Peak, Sample, SnapshotMark } from './sample.ts';

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
  /** No snapshot was taken at the end of this interval: its traffic stands in the next point that has one. */
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
  /** Ascending; may begin before the range: the last one at or before `range.from` is the base. */
  samples: readonly Sample[];
  /** Ascending, of the same resolution. */
  marks: readonly SnapshotMark[];
  /** Instants of resets, milliseconds. */
  resets?: readonly number[];
}

/**
 * The intervals of a range, one a grid step, in order. Increments are differences of neighbouring samples, so their sum over the
 * range is the difference of its ends exactly. Rates divide by the time between the two readings (`taken_at`), not by the
 * grid, so a late snapshot doesn't show a dent and a spike.
 */
export function historyPoints({ range, samples, marks, resets = [] }: HistoryInput): HistoryPoint[] {
  const step = RESOLUTIONS[range.resolution].ms;
  const sampleAt = new Map(samples.map(sample => [sample.at, sample]));
  const markAt = new Map(marks.map(mark => [mark.at, mark]));
  let previous = baseOf(range, samples, markAt);
  let missed = 0;
  const points: HistoryPoint[] = [];
  for (let from = range.from; from < range.to; from += step) {
    const at = from + step;
    const reset = resets.some(instant => instant > from && instant <= at);
    const mark = markAt.get(at);
    const current = sampleAt.get(at) ?? (mark && previous && unchanged(previous, mark));
    if (!current) {
      points.push(gapPoint({ from, at, reset, mark }));
      missed += mark ? 0 : 1;
      continue;
    }
    points.push({ ...between({ previous, current, from, at, mark }), reset, intervals_missed: missed });
    previous = current;
    missed = 0;
  }
  return points;
}

// Without an earlier sample, the policy's first one counts from zero if a snapshot before it saw nothing of the policy.
function baseOf(
  range: Range,
  samples: readonly Sample[],
  markAt: Map<number, SnapshotMark>,
): Sample | undefined {
  const before = samples.filter(sample => sample.at <= range.from).at(-1);
  const mark = markAt.get(range.from);
  if (before) return mark ? unchanged(before, mark) : before;
  return mark && { at: mark.at, taken_at: mark.taken_at, packets: 0n, bytes: 0n, active_flows: 0 };
}

function unchanged(previous: Sample, mark: SnapshotMark): Sample {
  const { peak: _, ...totals } = previous;
  return { ...totals, at: mark.at, taken_at: mark.taken_at };
}

interface Interval {
  previous: Sample | undefined;
  current: Sample;
  from: number;
  at: number;
  mark: SnapshotMark | undefined;
}

type MarkedLater = 'reset' | 'intervals_missed';

function between({ previous, current, from, at, mark }: Interval): Omit<HistoryPoint, MarkedLater> {
  const packets = previous ? current.packets - previous.packets : 0n;
  const bytes = previous ? current.bytes - previous.bytes : 0n;
  const seconds = previous ? (current.taken_at - previous.taken_at) / 1000 : 0;
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

interface Gap {
  from: number;
  at: number;
  reset: boolean;
  mark: SnapshotMark | undefined;
}

function gapPoint({ from, at, reset, mark }: Gap): HistoryPoint {
  return {
    from,
    at,
    packets: 0n,
    bytes: 0n,
    packets_per_second: 0,
    bits_per_second: 0,
    active_flows: 0,
    gap: mark === undefined,
    intervals_missed: 0,
    reset,
    completeness: completenessOf(mark),
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
