import { readCounters } from '../../ledger/figures/read-counters.ts';
import { readLanesWhere } from '../../ledger/listing/find-lanes.ts';
import type { BatchGetOptions } from '../../storage/batch-get.ts';
import type { TableNames } from '../../storage/tables.ts';
import { type DimensionFilter, idsOf, passes } from '../../totals/dimension-filter.ts';
import type { LaneGroup } from '../aggregate.ts';
import { ALL_TRAFFIC } from '../history-keys.ts';
import type { LaneName } from '../lane-sample.ts';
import { readGroupedSeries } from '../points/lane-series.ts';
import { isOfLanes, readPoliciesSamples, readSamplesOf } from '../points/policies-samples.ts';
import { type RangeMarks, readRangeMarks } from '../points/range-marks.ts';
import { type History, toHistory } from '../points/read-history.ts';
import { sumSamples } from '../points/sum-samples.ts';
import type { KeptAsOf } from '../resolution.ts';
import type { Sample, SnapshotMark } from '../sample.ts';
import { BASE_WITHIN_MS } from '../sample-expiry.ts';
import { readPolicySamples } from '../sample-store.ts';
import { type KnownSilences, readSilences } from '../silence-spans.ts';
import { type SeriesRange, seriesRange } from './series-step.ts';

/** Upper limit of the lane samples that one answer reads: one for each lane and reading. */
const MAX_LANE_SAMPLES = 50_000;

/** Policies among which the largest are searched: those with the largest totals. */
const MAX_RANKED = 1_000;

/** Concurrent queries. */
const AT_ONCE = 16;

export interface SeriesRequest extends KeptAsOf {
  from: number;
  to: number;
  points: number;
  /** Without it there is a total and no groups. */
  group_by: LaneGroup | undefined;
  filter: DimensionFilter;
  /** The number of groups, which are the largest by bytes. */
  limit: number;
  /** The groups to return, in this order, instead of the largest. */
  ids?: readonly string[];
  resets?: readonly number[];
}

/** The histories of the largest groups and of the total. */
export interface TrafficSeries {
  range: SeriesRange;
  groups: { id: string; history: History }[];
  total: History;
  /** There are more groups, or may be. */
  more: boolean;
}

/**
 * The traffic of groups by reading. Policies of all traffic are read from their own samples, and
 * everything else from the lanes' samples.
 *
 * @throws ValidationError for a range that is not kept or needs too many lane samples · Throttled
 * at the deadline
 */
export async function readTrafficSeries(
  store: BatchGetOptions & { tables: TableNames },
  request: SeriesRequest,
): Promise<TrafficSeries> {
  const { filter, group_by } = request;
  const ofLanes = isOfLanes(filter);
  const byLanes = group_by !== undefined && group_by !== 'POLICY';
  return ofLanes || byLanes ? seriesOfLanes(store, request) : seriesOfPolicies(store, request);
}

/** The fields that the histories of one answer share. */
interface Frame extends RangeMarks {
  range: SeriesRange;
  silences: KnownSilences;
  resets: readonly number[];
  now: number;
}

async function readFrame(
  store: BatchGetOptions,
  range: SeriesRange,
  { now, retention, resets = [] }: SeriesRequest,
): Promise<Frame> {
  const [marks, silences] = await Promise.all([
    readRangeMarks(store, { range, now, retention }),
    readSilences(store, { now }),
  ]);
  return { ...marks, range, silences, resets, now };
}

function historyOf({ range, marks, base, begins, silences, resets, now }: Frame, samples: readonly Sample[]) {
  return toHistory({ range, samples, marks, base, begins, silences, resets, now });
}

async function seriesOfPolicies(
  store: BatchGetOptions & { tables: TableNames },
  request: SeriesRequest,
): Promise<TrafficSeries> {
  const { filter, group_by, limit, ids: wanted } = request;
  const range = seriesRange(request);
  const frame = await readFrame(store, range, request);
  const read = async (policy_id: string) => ({
    id: policy_id,
    history: historyOf(frame, await readSamplesOf(store, policy_id, frame)),
  });
  const total = historyOf(frame, await readPoliciesSamples(store, filter, frame));
  if (group_by === undefined) return { range, groups: [], total, more: false };
  if (wanted) return { range, groups: await inTurns(wanted, read), total, more: false };
  const ids = idsOf(filter, 'policy_id') ?? (await countedPolicies(store, filter));
  const largest = ids.length > limit ? await largestPolicies(store, frame, { ids, limit }) : ids;
  return { range, groups: ranked(await inTurns(largest, read)), total, more: ids.length > limit };
}

/** The policies that pass, in the order of their counts from the largest on. */
async function countedPolicies(
  store: BatchGetOptions & { tables: TableNames },
  filter: DimensionFilter,
): Promise<string[]> {
  const counters = await readCounters(store.client, store.tables);
  return [...counters]
    .filter(([policy_id]) => passes(filter, { policy_id }))
    .sort(([, a], [, b]) => (a.bytes === b.bytes ? 0 : a.bytes < b.bytes ? 1 : -1))
    .map(([id]) => id);
}

/**
 * The policies with the largest counts between the ends of the marks. The samples of the hour
 * before an end include every policy's.
 */
async function largestPolicies(
  store: BatchGetOptions,
  { marks, base, range }: Frame,
  { ids, limit }: { ids: readonly string[]; limit: number },
): Promise<string[]> {
  const last = marks.at(-1);
  if (!last) return ids.slice(0, limit);
  const bytesAt = async (policy_id: string, mark: SnapshotMark | undefined): Promise<bigint> => {
    if (!mark) return 0n;
    const { resolution } = range;
    const before = { resolution, from: mark.at - BASE_WITHIN_MS[resolution], to: mark.at };
    const samples = await readPolicySamples(store, { policy_id, range: before, marks });
    return samples.at(-1)?.bytes ?? 0n;
  };
  const counted = await inTurns(ids.slice(0, MAX_RANKED), async id => {
    const [before, after] = await Promise.all([bytesAt(id, base), bytesAt(id, last)]);
    return { id, bytes: after - before };
  });
  return counted
    .sort((a, b) => (a.bytes === b.bytes ? 0 : a.bytes < b.bytes ? 1 : -1))
    .slice(0, limit)
    .map(({ id }) => id);
}

async function seriesOfLanes(store: BatchGetOptions, request: SeriesRequest): Promise<TrafficSeries> {
  const { filter, group_by, limit, ids: wanted } = request;
  const sites = new Map<string, string>();
  const lanes: LaneName[] = [];
  const groupOf = (pair: { policy_id: string; endpoint_id: string }, { edge_id }: LaneName): string => {
    if (group_by === 'POLICY') return pair.policy_id;
    if (group_by === 'ENDPOINT') return pair.endpoint_id;
    // An edge that moved counts for its present site.
    return group_by === 'SITE' ? sites.get(edge_id)! : group_by === 'EDGE' ? edge_id : ALL_TRAFFIC;
  };
  for await (const { edge_id, part, site_id } of readLanesWhere(store, filter)) {
    sites.set(edge_id, site_id);
    lanes.push({ edge_id, part });
  }
  const max_readings = Math.floor(MAX_LANE_SAMPLES / Math.max(1, lanes.length));
  const range = seriesRange({ ...request, max_readings });
  const frame = await readFrame(store, range, request);
  const selection = { lanes, filter };
  const { marks, later } = frame;
  const series = await readGroupedSeries(store, { marks, later, selection, groupOf, groups: wanted });
  const total = historyOf(frame, sumSamples([...series.values()]));
  if (group_by === undefined) return { range, groups: [], total, more: false };
  const historyById = (id: string) => ({ id, history: historyOf(frame, series.get(id)!) });
  if (wanted) return { range, groups: wanted.map(historyById), total, more: false };
  const all = [...series.keys()].map(historyById);
  const moved = ranked(all).filter(({ history }) => history.packets !== 0n);
  return { range, groups: moved.slice(0, limit), total, more: moved.length > limit };
}

function ranked<G extends { id: string; history: History }>(groups: readonly G[]): G[] {
  return groups.toSorted(({ id: a, history: { bytes: x } }, { id: b, history: { bytes: y } }) =>
    x === y ? (a < b ? -1 : 1) : x < y ? 1 : -1,
  );
}

/** Runs `work` for several items at a time; the results are in the order of the items. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [index, item] of waiting) results[index] = await work(item);
    }),
  );
  return results;
}
