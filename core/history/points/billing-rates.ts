import { BILLING_INTERVAL_MS, floorTo, RESOLUTIONS } from '../resolution.ts';
import type { HistoryInput, HistoryPoint } from './points.ts';

const MINUTE_MS = RESOLUTIONS.MINUTE.ms;
const MINUTES = BILLING_INTERVAL_MS / MINUTE_MS;

/** Bits a second of five minutes. */
export function billingRate(bytes: number): number {
  return (bytes * 8) / (BILLING_INTERVAL_MS / 1000);
}

/** Bits a second of the five minutes that {@link billingBytes} has. */
export function billingRates(
  points: readonly HistoryPoint[],
  input: Pick<HistoryInput, 'range' | 'begins'>,
): number[] {
  return [...billingBytes(points, input).values()].map(billingRate);
}

/**
 * Bytes of each five minutes of the clock that minute points cover wholly, by its beginning. Late
 * counts are spread over the time that they came in, and what came while minutes were missed is
 * spread evenly over them, so that a stopped snapshot makes no peak. Five minutes at an end of the
 * range that are cut, that have not ended yet, or that the system's first reading has a share in
 * are no sample.
 */
export function billingBytes(
  points: readonly HistoryPoint[],
  { range, begins }: Pick<HistoryInput, 'range' | 'begins'>,
): Map<number, number> {
  const intervals = new Map<number, { bytes: number; minutes: number }>();
  // What only says where counting begins, has no time that it came in.
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
 * The 95th percentile as transit is billed: the samples are sorted and the highest 5 % of them
 * thrown away; the highest that is left is the answer. `undefined` without samples.
 */
export function billingPercentile(samples: readonly number[], percent = 95): number | undefined {
  if (samples.length === 0) return undefined;
  const sorted = [...samples].sort((a, b) => a - b);
  const kept = sorted.length - Math.floor((sorted.length * (100 - percent)) / 100);
  return sorted[kept - 1];
}
