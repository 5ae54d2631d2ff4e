import type { CompletenessAt } from '../last-completeness.ts';
import type { Share } from '../late/late-span.ts';
import { type Range, RESOLUTIONS } from '../resolution.ts';
import type { Peak, Sample, SnapshotMark } from '../sample.ts';
import { completenessOf, type KnownSilences } from '../silence-spans.ts';
import { type CountedInterval, spreadOver } from './spread.ts';

/**
 * One interval of history from `from` to `at`, with the traffic between the two samples.
 */
export interface HistoryPoint {
  from: number;
  at: number;
  /** Totals at the end of the interval. `undefined` in a gap. */
  packets_total?: bigint;
  bytes_total?: bigint;
  /** Packets of the interval; after missed minutes, since the last sample. */
  packets: bigint;
  bytes: bigint;
  /** How many of the bytes are estimated. */
  estimated_bytes: bigint;
  /**
   * The same with late counts spread evenly over the time between their reports. Rates and
   * percentiles are computed from it.
   */
  spread: Share;
  /**
   * Seconds between the two readings of its rates; 0: there is no rate.
   */
  seconds: number;
  packets_per_second: number;
  bits_per_second: number;
  active_flows: number;
  peak?: Peak;
  /**
   * No snapshot was taken at the end of this interval. Its traffic is in the next point with one.
   */
  gap: boolean;
  /** Missed intervals before this one, whose traffic this point includes. */
  intervals_missed: number;
  /** The policy's statistics were reset in this interval. */
  reset: boolean;
  /** A boot that was voided later reported in this interval. */
  voided: boolean;
  /** Undefined in a gap. */
  completeness?: CompletenessAt;
}

/** From the arrival of a boot's first report to that of its last, milliseconds. */
export interface ReportingSpan {
  from: number;
  to: number;
}

export interface HistoryInput {
  range: Range;
  /**
   * In order of time. They may begin before the range, and end with later ones that have late
   * counts of it.
   */
  samples: readonly Sample[];
  /** In order of time, of the same resolution. They may begin before the range. */
  marks: readonly SnapshotMark[];
  /**
   * The snapshot from which the first point counts; undefined: what was before is not known, and
   * the first sample is the base.
   */
  base: SnapshotMark | undefined;
  /** Where the system began, if in or after the range (`RangeMarks`). */
  begins?: number | undefined;
  /**
   * Silent edges as known to the newest reading. Without it each mark's own figures are used.
   */
  silences?: KnownSilences;
  /** Instants of resets, milliseconds. */
  resets?: readonly number[];
  /** Arrivals of the first and the last report of boots that were voided, milliseconds. */
  voids?: readonly ReportingSpan[];
  /** Intervals that have not ended by then, or whose snapshot may still follow, are left out. */
  now: number;
}

/**
 * How long the snapshot of a minute may still follow. It runs for up to 55 seconds and is retried
 * once within a minute; after that its minute is missed.
 */
export const SNAPSHOT_MAY_COME_MS = 120_000;

/**
 * The intervals of a range in order of time, one for each step of the grid, from the system's first
 * snapshot to the last interval that has ended. Increments are differences of neighbouring samples.
 * So their sum over the range is exactly the difference of its ends, and consecutive ranges have
 * every increment once. For rates, increments are spread over the time between an edge's reports
 * and divided by the time between the two readings (`taken_at`), not by the grid. So late reports
 * and late snapshots show no dent and no spike.
 */
export function historyPoints(input: HistoryInput): HistoryPoint[] {
  const {
    range,
    samples,
    marks,
    begins = range.from,
    silences = UNKNOWN,
    resets = [],
    voids = [],
    now,
  } = input;
  const step = RESOLUTIONS[range.resolution].ms;
  const sampleAt = new Map(samples.map(sample => [sample.at, sample]));
  const markAt = new Map(marks.map(mark => [mark.at, mark]));
  const lastMark = marks.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  let previous = baseOf(input);
  let missed = previous ? Math.max(0, (range.from - previous.at) / step) : 0;
  const points: HistoryPoint[] = [];
  const counted: CountedPoint[] = [];
  for (let from = Math.max(range.from, begins); from < range.to; from += step) {
    const at = from + step;
    if (at > lastMark && at > now - SNAPSHOT_MAY_COME_MS) break;
    const reset = resets.some(instant => instant > from && instant <= at);
    const voided = voids.some(span => span.from <= at && span.to > from);
    const mark = markAt.get(at);
    const current = sampleAt.get(at) ?? (mark && previous && unchanged(previous, mark));
    if (!current || (previous && isLess(current, previous))) {
      points.push(gapPoint({ from, at, reset, voided }));
      missed += 1;
      continue;
    }
    const point = between({ previous, current, from, at, reset, voided, intervals_missed: missed });
    if (mark) point.completeness = completenessOf(mark, silences);
    points.push(point);
    if (previous) counted.push({ point, previous, current });
    previous = current;
    missed = 0;
  }
  setRates(counted, samples);
  setRepairedPeaks(points, samples);
  return points;
}

const UNKNOWN: KnownSilences = { as_of: undefined, spans: [] };

interface CountedPoint {
  point: HistoryPoint;
  previous: Base;
  current: Sample;
}

function setRates(counted: readonly CountedPoint[], samples: readonly Sample[]): void {
  const intervals = counted.map(
    ({ point: { at, packets, bytes }, previous }): CountedInterval => ({
      // The increment of the system's first reading includes all traffic before it.
      since: previous.taken_at === undefined ? Number.NEGATIVE_INFINITY : previous.at,
      at,
      packets,
      bytes,
    }),
  );
  for (const [index, spread] of spreadOver(intervals, samples).entries()) {
    const { point, previous, current } = counted[index]!;
    const seconds = (current.taken_at - (previous.taken_at ?? current.taken_at)) / 1000;
    point.spread = spread;
    point.seconds = Math.max(0, seconds);
    point.packets_per_second = perSecond(spread.packets, seconds);
    point.bits_per_second = perSecond(spread.bytes * 8n, seconds);
  }
}

// Samples are in order of time, and the last repair of a peak counts.
function setRepairedPeaks(points: readonly HistoryPoint[], samples: readonly Sample[]): void {
  const repaired = new Map(
    samples.flatMap(({ repairs = [] }) => repairs.map(({ at, peak }) => [at, peak] as const)),
  );
  if (repaired.size === 0) return;
  for (const point of points) {
    const peak = repaired.get(point.at);
    if (peak && point.peak) point.peak = peak;
  }
}

/**
 * The base of an increment. Without `taken_at` it is the beginning of the system: the time in
 * between is not known, and there is no rate.
 */
interface Base extends Omit<Sample, 'taken_at'> {
  taken_at?: number;
}

const NOTHING = { packets: 0n, bytes: 0n, estimated_bytes: 0n, active_flows: 0 };

function baseOf({ range, samples, base, begins }: HistoryInput): Base | undefined {
  if (begins !== undefined) return { ...NOTHING, at: Math.max(range.from, begins) };
  // A policy that is in no earlier snapshot counts from zero.
  return base && unchanged(samples.findLast(({ at }) => at <= base.at) ?? NOTHING, base);
}

function unchanged(
  { packets, bytes, estimated_bytes = 0n, active_flows }: Omit<Base, 'at'>,
  mark: SnapshotMark,
): Sample {
  return { at: mark.at, taken_at: mark.taken_at, packets, bytes, estimated_bytes, active_flows };
}

// Totals grow. If one is less than before, the clock was set back and the snapshot has a wrong
// time.
function isLess(current: Sample, previous: Base): boolean {
  return current.packets < previous.packets || current.bytes < previous.bytes;
}

interface Interval {
  previous: Base | undefined;
  current: Sample;
  from: number;
  at: number;
  reset: boolean;
  voided: boolean;
  intervals_missed: number;
}

function between(interval: Interval): HistoryPoint {
  const { previous, current, from, at, reset, voided, intervals_missed } = interval;
  const packets = previous ? current.packets - previous.packets : 0n;
  const bytes = previous ? current.bytes - previous.bytes : 0n;
  const estimated = (current.estimated_bytes ?? 0n) - (previous?.estimated_bytes ?? 0n);
  return {
    from,
    at,
    packets_total: current.packets,
    bytes_total: current.bytes,
    packets,
    bytes,
    estimated_bytes: previous ? within(estimated, bytes) : 0n,
    spread: { packets, bytes },
    seconds: 0,
    packets_per_second: 0,
    bits_per_second: 0,
    active_flows: current.active_flows,
    ...(current.peak && { peak: current.peak }),
    gap: false,
    intervals_missed,
    reset,
    voided,
  };
}

/**
 * When a boot turns out to be estimated, its earlier counts become estimated too, which may be more
 * than the bytes of this interval.
 */
function within(estimated: bigint, bytes: bigint): bigint {
  if (estimated < 0n) return 0n;
  return estimated < bytes ? estimated : bytes;
}

function gapPoint({
  from,
  at,
  reset,
  voided,
}: Pick<HistoryPoint, 'from' | 'at' | 'reset' | 'voided'>): HistoryPoint {
  return {
    from,
    at,
    packets: 0n,
    bytes: 0n,
    estimated_bytes: 0n,
    spread: { packets: 0n, bytes: 0n },
    seconds: 0,
    packets_per_second: 0,
    bits_per_second: 0,
    active_flows: 0,
    gap: true,
    intervals_missed: 0,
    reset,
    voided,
  };
}

function perSecond(count: bigint, seconds: number): number {
  return seconds > 0 ? Number(count) / seconds : 0;
}
