import { type DimensionFilter, idsOf, isFiltered, notIdsOf } from '../../totals/dimension-filter.ts';
import { ALL_TRAFFIC } from '../history-keys.ts';
import type { Sample, SnapshotMark } from '../sample.ts';
import { readPolicySamples, type SampleStore } from '../sample-store.ts';
import type { RangeMarks } from './range-marks.ts';
import { subtractSamples, sumSamples } from './sum-samples.ts';

/**
 * Whether a filter says something that policies' own samples don't tell apart, so that lanes have
 * to be read.
 */
export function isOfLanes(filter: DimensionFilter): boolean {
  return (['site_id', 'edge_id', 'endpoint_id'] as const).some(dimension => isFiltered(filter, dimension));
}

/** A policy's samples around a range. */
export async function readSamplesOf(
  store: SampleStore,
  policy_id: string,
  { marks, later, ranges }: RangeMarks,
): Promise<Sample[]> {
  const counted = [...marks, ...later];
  const parts = await Promise.all(
    ranges.map(range => readPolicySamples(store, { policy_id, range, marks: counted })),
  );
  return parts.flat();
}

/**
 * What the policies that a filter lets pass have together, sample by sample: those that it names,
 * or all traffic without those that it leaves out. One policy, and all traffic, are as they are
 * stored, with their peaks; sums have none.
 */
export async function readPoliciesSamples(
  store: SampleStore,
  filter: DimensionFilter,
  around: RangeMarks,
): Promise<Sample[]> {
  const read = (id: string) => readSamplesOf(store, id, around);
  const ids = idsOf(filter, 'policy_id');
  if (ids?.length === 1) return read(ids[0]!);
  if (ids) return sumSamples(samplesAtMarks(await Promise.all(ids.map(read)), around));
  const not = [...new Set(notIdsOf(filter, 'policy_id'))];
  if (not.length === 0) return read(ALL_TRAFFIC);
  const [all, ...others] = samplesAtMarks(await Promise.all([ALL_TRAFFIC, ...not].map(read)), around);
  return subtractSamples(all!, others);
}

/**
 * The same with a sample at every mark: without one of its own a policy has what it had before;
 * what was never sampled counts from zero. Where nothing is known of before the range, marks are
 * left out until all that is sampled in it was.
 */
function samplesAtMarks(
  lists: readonly (readonly Sample[])[],
  { marks, later, base, begins }: RangeMarks,
): Sample[][] {
  const knowsBefore = base !== undefined || begins !== undefined;
  const since = knowsBefore
    ? Number.NEGATIVE_INFINITY
    : Math.max(...lists.flatMap(([first]) => first?.at ?? []));
  const all = [...marks, ...later].filter(({ at }) => at >= since);
  return lists.map(samples => {
    let next = 0;
    let last: Omit<Sample, 'at' | 'taken_at'> = NOTHING;
    return all.map((mark): Sample => {
      while (next < samples.length && samples[next]!.at < mark.at) last = withoutLate(samples[next++]!);
      const own = samples[next]?.at === mark.at ? samples[next++]! : undefined;
      if (own) last = withoutLate(own);
      return own ?? sampleAt(mark, last);
    });
  });
}

const NOTHING = { packets: 0n, bytes: 0n, active_flows: 0 };

function sampleAt({ at, taken_at }: SnapshotMark, counts: Omit<Sample, 'at' | 'taken_at'>): Sample {
  return { ...counts, at, taken_at };
}

/** What goes on until the next sample: its totals. */
function withoutLate({ packets, bytes, estimated_bytes = 0n, active_flows }: Sample) {
  return { packets, bytes, estimated_bytes, active_flows };
}
