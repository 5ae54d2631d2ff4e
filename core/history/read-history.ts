import { billingPercentile } from './percentile.ts';
import { type HistoryPoint, historyPoints } from './points.ts';
import { floorTo, type Range, RESOLUTIONS } from './resolution.ts';
import type { Sample, SnapshotMark } from './sample.ts';
import { readMarks, readPolicySamples, type SampleStore } from './sample-store.ts';

/** The history of a policy, or of a group of lanes, over a range. */
export interface History {
  range: Range;
  points: HistoryPoint[];
  /** Sums of the range's increments. */
  packets: bigint;
  bytes: bigint;
  /** The 95th percentile of the 5-minute rates of the range, as transit is billed; `undefined` past minute samples. */
  p95_bits_per_second?: number;
}

const BILLING_INTERVAL_MS = 300_000;

/** How far before a range its base may lie: every policy is sampled in the first snapshot of each hour. */
const BASE_WITHIN_MS = {
  MINUTE: RESOLUTIONS.HOUR.ms,
  HOUR: RESOLUTIONS.HOUR.ms,
  DAY: RESOLUTIONS.DAY.ms,
} as const;

/** A policy's history: one Query of its samples and one of the marks. */
export async function readPolicyHistory(
  store: SampleStore,
  { policy_id, range, resets = [] }: { policy_id: string; range: Range; resets?: readonly number[] },
): Promise<History> {
  const read = readRange(range);
  const marks = await readMarks(store, read);
  const samples = await readPolicySamples(store, { policy_id, range: read, marks });
  return toHistory({ range, samples, marks, resets });
}

/** The marks and samples that a range needs: those in it, and the base before it. */
export function readRange(range: Range): Range {
  return { ...range, from: range.from - BASE_WITHIN_MS[range.resolution] };
}

/** Points, their sums and the billing percentile. */
export function toHistory(input: {
  range: Range;
  samples: readonly Sample[];
  marks: readonly SnapshotMark[];
  resets?: readonly number[];
}): History {
  const points = historyPoints(input);
  const p95 = input.range.resolution === 'MINUTE' ? billingPercentile(billingRates(points)) : undefined;
  return {
    range: input.range,
    points,
    packets: points.reduce((sum, point) => sum + point.packets, 0n),
    bytes: points.reduce((sum, point) => sum + point.bytes, 0n),
    ...(p95 !== undefined && { p95_bits_per_second: p95 }),
  };
}

// Each five minutes of the range are one billing sample: their bytes over their whole time.
function billingRates(points: readonly HistoryPoint[]): number[] {
  const bytes = new Map<number, bigint>();
  for (const point of points) {
    const interval = floorTo(point.from, BILLING_INTERVAL_MS);
    bytes.set(interval, (bytes.get(interval) ?? 0n) + point.bytes);
  }
  return Array.from(bytes.values(), sum => (Number(sum) * 8) / (BILLING_INTERVAL_MS / 1000));
}
