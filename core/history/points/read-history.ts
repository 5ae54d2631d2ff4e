import type { Range, Retention } from '../resolution.ts';
import { readPolicySamples, type SampleStore } from '../sample-store.ts';
import { readSilences } from '../silence-spans.ts';
import { billingPercentile, billingRates } from './billing-rates.ts';
import { type HistoryInput, type HistoryPoint, historyPoints, type ReportingSpan } from './points.ts';
import { readRangeMarks } from './range-marks.ts';

/** The history of a policy, or of a group of lanes, over a range. */
export interface History {
  range: Range;
  points: HistoryPoint[];
  /** The beginning of the points, if the system's first snapshot is in or after the range. */
  begins?: number;
  /** Sums of the range's increments. */
  packets: bigint;
  bytes: bigint;
  estimated_bytes: bigint;
  /**
   * The 95th percentile of the 5-minute rates of the range, by which transit is billed; `undefined`
   * without a complete five minutes.
   */
  p95_bits_per_second?: number;
}

/**
 * A policy's history. Usually it costs one Query of its samples, one of the marks and the newest
 * mark.
 */
export async function readPolicyHistory(
  store: SampleStore,
  request: {
    policy_id: string;
    range: Range;
    resets?: readonly number[];
    voids?: readonly ReportingSpan[];
    now: number;
    retention: Retention;
  },
): Promise<History> {
  const { policy_id, range, resets = [], voids = [], now, retention } = request;
  const [{ marks, later, base, ranges, begins }, silences] = await Promise.all([
    readRangeMarks(store, { range, now, retention }),
    readSilences(store, { now }),
  ]);
  const counted = [...marks, ...later];
  const parts = await Promise.all(
    ranges.map(part => readPolicySamples(store, { policy_id, range: part, marks: counted })),
  );
  return toHistory({ range, samples: parts.flat(), marks, base, begins, silences, resets, voids, now });
}

/** Points, their sums and the billing percentile. */
export function toHistory(input: HistoryInput): History {
  const { range, begins } = input;
  const points = historyPoints(input);
  const p95 = range.resolution === 'MINUTE' ? billingPercentile(billingRates(points, input)) : undefined;
  return {
    range,
    points,
    ...(begins !== undefined && { begins }),
    packets: points.reduce((sum, point) => sum + point.packets, 0n),
    bytes: points.reduce((sum, point) => sum + point.bytes, 0n),
    estimated_bytes: points.reduce((sum, point) => sum + point.estimated_bytes, 0n),
    ...(p95 !== undefined && { p95_bits_per_second: p95 }),
  };
}
