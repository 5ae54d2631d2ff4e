import type { HistoryPoint } from '../points/points.ts';
import type { History } from '../points/read-history.ts';
import { ceilTo } from '../resolution.ts';
import type { SeriesRange } from './series-step.ts';

/**
 * The traffic of an interval, and the seconds between its readings; 0 seconds: nothing is known.
 */
export interface IntervalSum {
  packets: bigint;
  bytes: bigint;
  seconds: number;
}

/** The columns of a series that are the same for all groups, with an element for each interval. */
export interface SeriesFrame {
  /** Ends of the intervals, milliseconds. */
  at: number[];
  /**
   * The smallest share of the expected edges that reported, 0 to 1; null without a reading or
   * without expected edges.
   */
  completeness: (number | null)[];
  /** True for an interval without a reading. */
  gaps: boolean[];
  resets: boolean[];
}

/** The beginning of the range and the length of its intervals, milliseconds. */
export type Intervals = Pick<SeriesRange, 'from' | 'step'>;

/** The points of a series by the interval in which they end. */
function pointsByInterval<P extends Pick<HistoryPoint, 'at'>>(
  points: readonly P[],
  { from, step }: Intervals,
): P[][] {
  const intervals: P[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    if (point.at > end) {
      intervals.push([]);
      end = from + ceilTo(point.at - from, step);
    }
    intervals.at(-1)!.push(point);
  }
  return intervals;
}

/** The frame of a series, from the points of the history of all its traffic. */
export function frameOf({ points }: Pick<History, 'points'>, intervalsOf: Intervals): SeriesFrame {
  const intervals = pointsByInterval(points, intervalsOf);
  return {
    at: intervals.map(each => each.at(-1)!.at),
    completeness: intervals.map(leastShare),
    gaps: intervals.map(each => each.every(({ gap }) => gap)),
    resets: intervals.map(each => each.some(({ reset }) => reset)),
  };
}

function leastShare(points: readonly HistoryPoint[]): number | null {
  const shares = points.flatMap(({ completeness }) =>
    completeness && completeness.edges_expected > 0
      ? [completeness.edges_heard / completeness.edges_expected]
      : [],
  );
  return shares.length === 0 ? null : Math.min(...shares);
}

/** A history's traffic in each interval. Late counts are in the intervals to which they belong. */
export function sumsOf({ points }: Pick<History, 'points'>, intervals: Intervals): IntervalSum[] {
  return pointsByInterval(points, intervals).map(each => {
    const sum: IntervalSum = { packets: 0n, bytes: 0n, seconds: 0 };
    for (const { spread, seconds } of each) {
      if (seconds === 0) continue;
      sum.packets += spread.packets;
      sum.bytes += spread.bytes;
      sum.seconds += seconds;
    }
    return sum;
  });
}

/** A total without some groups, by interval. */
export function restOf(
  total: readonly IntervalSum[],
  groups: readonly (readonly IntervalSum[])[],
): IntervalSum[] {
  return total.map(({ packets, bytes, seconds }, index) => {
    const rest = { packets, bytes, seconds };
    for (const group of groups) {
      rest.packets -= group[index]?.packets ?? 0n;
      rest.bytes -= group[index]?.bytes ?? 0n;
    }
    return rest;
  });
}

/** Rates by interval; null if not known. */
export interface Rates {
  bits_per_second: (number | null)[];
  packets_per_second: (number | null)[];
}

export function ratesOf(sums: readonly IntervalSum[]): Rates {
  const perSecond = (count: bigint, seconds: number) =>
    // Shares of late counts are whole bytes, and are rounded in the groups and the total
    // separately.
    seconds > 0 ? Math.max(0, Number(count)) / seconds : null;
  return {
    bits_per_second: sums.map(({ bytes, seconds }) => perSecond(bytes * 8n, seconds)),
    packets_per_second: sums.map(({ packets, seconds }) => perSecond(packets, seconds)),
  };
}
