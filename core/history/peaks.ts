import { historyPoints } from './points/points.ts';
import type { Peak, Sample, SnapshotMark } from './sample.ts';
import { BASE_WITHIN_MS } from './sample-expiry.ts';
import { readMarks, readPolicySamples, type SampleStore } from './sample-store.ts';

/** The hour or day that ends at `to`. */
export interface PeakRange {
  from: number;
  to: number;
}

/** The highest minute rates of a policy in an hour, and the highest number of active flows that a minute saw. */
export async function peakOfMinutes(
  store: SampleStore,
  { policy_id, hour, newest }: { policy_id: string; hour: MarkedRange; newest: Sample },
): Promise<Peak> {
  const { from, to, marks } = hour;
  const stored = await readPolicySamples(store, {
    policy_id,
    range: { resolution: 'MINUTE', from: from - BASE_WITHIN_MS.MINUTE, to },
    marks,
  });
  const samples = [...stored.filter(sample => sample.at !== newest.at), newest];
  const points = historyPoints({
    range: { from, to, resolution: 'MINUTE' },
    samples,
    marks,
    base: marks.findLast(mark => mark.at <= from),
    now: Number.POSITIVE_INFINITY,
  });
  return highest(
    points.map(point => ({
      packets_per_second: point.packets_per_second,
      bits_per_second: point.bits_per_second,
      active_flows: point.active_flows,
    })),
  );
}

/** The highest of the hours' peaks in a day; `newest` is the hour that ends with it and is not written yet. */
export async function peakOfHours(
  store: SampleStore,
  { policy_id, day, newest }: { policy_id: string; day: MarkedRange; newest: Peak },
): Promise<Peak> {
  const stored = await readPolicySamples(store, {
    policy_id,
    range: { resolution: 'HOUR', from: day.from + 1, to: day.to },
    marks: day.marks,
  });
  return highest([newest, ...stored.flatMap(sample => sample.peak ?? [])]);
}

/** A range with its snapshot marks, read once for all policies. */
export interface MarkedRange extends PeakRange {
  marks: SnapshotMark[];
}

/** The marks that an hour's or day's peaks are computed with; the newest is that of the running snapshot. */
export async function markedRange(
  store: SampleStore,
  { resolution, range, newest }: { resolution: 'MINUTE' | 'HOUR'; range: PeakRange; newest: SnapshotMark },
): Promise<MarkedRange> {
  const from = range.from - BASE_WITHIN_MS[resolution];
  const marks = await readMarks(store, { resolution, from, to: range.to });
  return { ...range, marks: [...marks.filter(mark => mark.at !== newest.at), newest] };
}

function highest(peaks: readonly Peak[]): Peak {
  return {
    packets_per_second: Math.max(0, ...peaks.map(peak => peak.packets_per_second)),
    bits_per_second: Math.max(0, ...peaks.map(peak => peak.bits_per_second)),
    active_flows: Math.max(0, ...peaks.map(peak => peak.active_flows)),
  };
}
