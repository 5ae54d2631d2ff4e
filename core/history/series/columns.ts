import type { HistoryPoint } from '../points/points.ts';
import type { History } from '../points/read-history.ts';
import { ceilTo } from '../resolution.ts';
import type { SeriesRange } from './series-step.ts';

/**
 * What came in an interval, and in how many seconds between readings; 0 seconds: nothing is known.
 */
export interface IntervalSum {
  packets: bigint;
  bytes: bigint;
  seconds: number;
}

/** What of a series is the same for all its groups, an interval each. */
export interface SeriesFrame {
  /** Ends of the intervals, milliseconds. */
  at: number[];
  /**
   * The smallest share of the expected edges that was heard, 0 to 1; null where none was read or
   * expected.
   */
  completeness: (number | null)[];
  /** No reading ended in it. */
  gaps: boolean[];
  resets: boolean[];
}

/** Beginning of the first interval and length of all, milliseconds. */
export type Intervals = Pick<SeriesRange, 'from' | 'step'>;

/** The points of a series by interval: those that end in the same one. */
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

/** The frame of a series, from the points of all it holds. */
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

/** What a history has in each interval. Late counts are in the intervals that they came in. */
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

/** What is left of a total, interval by interval, without some groups. */
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

/** Rates of an interval; null where nothing is known. */
export interface Rates {
  bits_per_second: (number | null)[];
  packets_per_second: (number | null)[];
}

export function ratesOf(sums: readonly IntervalSum[]): Rates {
  const perSecond = (count: bigint, seconds: number) =>
    // Shares of late counts are whole bytes: what is rounded down in a group is not in the total.
    seconds > 0 ? Math.max(0, Number(count)) / seconds : null;
  return {
    bits_per_second: sums.map(({ bytes, seconds }) => perSecond(bytes * 8n, seconds)),
    packets_per_second: sums.map(({ packets, seconds }) => perSecond(packets, seconds)),
  };
}
