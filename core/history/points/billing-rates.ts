import { BILLING_INTERVAL_MS, floorTo, RESOLUTIONS } from '../resolution.ts';
import type { HistoryInput, HistoryPoint } from './points.ts';

const MINUTE_MS = RESOLUTIONS.MINUTE.ms;
const MINUTES = BILLING_INTERVAL_MS / MINUTE_MS;

/** The rate of five minutes, in bits a second. */
export function billingRate(bytes: number): number {
  return (bytes * 8) / (BILLING_INTERVAL_MS / 1000);
}

/** The rates of the five minutes in {@link billingBytes}, in bits a second. */
export function billingRates(
  points: readonly HistoryPoint[],
  input: Pick<HistoryInput, 'range' | 'begins'>,
): number[] {
  return [...billingBytes(points, input).values()].map(billingRate);
}

/**
 * Bytes of each five minutes of the clock that minute points cover completely, by its beginning.
 * Late counts are spread over the time in which they were counted, and traffic of missed minutes is
 * spread evenly over them, so that a stopped snapshot makes no peak. Five minutes that are cut off
 * by an end of the range, have not ended yet or include the system's first reading are no sample.
 */
export function billingBytes(
  points: readonly HistoryPoint[],
  { range, begins }: Pick<HistoryInput, 'range' | 'begins'>,
): Map<number, number> {
  const intervals = new Map<number, { bytes: number; minutes: number }>();
  // A point without seconds and bytes marks where counting begins.
  const counted = points.filter(({ gap, seconds, bytes }) => !gap && (seconds > 0 || bytes > 0n));
  for (const point of begins === undefined ? counted : counted.slice(1)) {
    const covered = 1 + point.intervals_missed;
    const earliest = Math.max(range.from, point.from - point.intervals_missed * MINUTE_MS);
    for (let minute = point.from; minute >= earliest; minute -= MINUTE_MS) {
      const interval = floorTo(minute, BILLING_INTERVAL_MS);
      const sum = intervals.get(interval) ?? { bytes: 0, minutes: 0 };
      sum.bytes += Number(point.spread.bytes) / covered;
      sum.minutes += 1;
      intervals.set(interval, sum);
    }
  }
  const whole = [...intervals].filter(([, { minutes }]) => minutes === MINUTES);
  return new Map(whole.map(([from, { bytes }]) => [from, bytes]));
}

/**
 * The 95th percentile by which transit is billed: the highest sample after the highest 5 % of all
 * samples are discarded. `undefined` without samples.
 */
export function billingPercentile(samples: readonly number[], percent = 95): number | undefined {
  if (samples.length === 0) return undefined;
  const sorted = [...samples].sort((a, b) => a - b);
  const kept = sorted.length - Math.floor((sorted.length * (100 - percent)) / 100);
  return sorted[kept - 1];
}
