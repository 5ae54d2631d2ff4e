import { type DimensionFilter, idsOf, isFiltered, notIdsOf } from '../../totals/dimension-filter.ts';
import { ALL_TRAFFIC } from '../history-keys.ts';
import type { Sample, SnapshotMark } from '../sample.ts';
import { readPolicySamples, type SampleStore } from '../sample-store.ts';
import type { RangeMarks } from './range-marks.ts';
import { subtractSamples, sumSamples } from './sum-samples.ts';

/**
 * Whether a filter is finer than the policies' own samples, so that lanes have to be read.
 */
export function isOfLanes(filter: DimensionFilter): boolean {
  return (['site_id', 'edge_id', 'endpoint_id'] as const).some(dimension => isFiltered(filter, dimension));
}

/** A policy's samples in and around a range. */
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
 * The sums of the policies that pass a filter, by sample: of those that it names, or of all traffic
 * without those that it excludes. One policy and all traffic are returned as they are stored, with
 * their peaks; sums have no peaks.
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
 * The same samples at every mark: a policy without a sample at a mark has its previous one, and a
 * policy without any counts from zero. If the state before the range is not known, marks are left
 * out until every policy that has a sample in the range has had one.
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

/** The part of a sample that is valid until the next one: its totals. */
function withoutLate({ packets, bytes, estimated_bytes = 0n, active_flows }: Sample) {
  return { packets, bytes, estimated_bytes, active_flows };
}
