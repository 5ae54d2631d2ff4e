import type { SeriesGroup, TrafficSeries } from '../../graphql/schema.generated.ts';
import type { LaneGroup } from '../history/aggregate.ts';
import type { History } from '../history/points/read-history.ts';
import { previousRange } from '../history/resolution.ts';
import { frameOf, type IntervalSum, ratesOf, restOf, sumsOf } from '../history/series/columns.ts';
import { readTrafficSeries } from '../history/series/traffic-series.ts';
import { readResets } from '../ledger/figures/baselines.ts';
import { timestamp } from '../storage/store-context.ts';
import { type DimensionFilter, idsOf, passes } from '../totals/dimension-filter.ts';
import { type Asking, askedAt } from './asking.ts';
import { checkKnown } from './check-known.ts';

/** Arguments of `trafficSeries`; instants in milliseconds. */
export interface AskedSeries {
  from: number;
  to: number;
  points: number;
  group_by: LaneGroup | undefined;
  filter: DimensionFilter;
  limit: number;
  compare_previous?: boolean | null | undefined;
  /** Whether to return the groups of the previous period, besides its total. */
  with_groups_before: boolean;
}

/**
 * `trafficSeries`: the groups and `other` add up to the total of each interval and of the range, to
 * the byte.
 *
 * @throws ValidationError · NotFound for an unknown id
 */
export async function answerTrafficSeries(
  asking: Asking,
  { compare_previous, ...asked }: AskedSeries,
): Promise<TrafficSeries> {
  const { context, retention } = asking;
  const now = askedAt(asking);
  const store = { ...context, table: context.tables.traffic };
  const resets = await resetsOf(asking, asked);
  const request = { ...asked, now, retention };
  const { range, groups, total, more } = await readTrafficSeries(store, { ...request, resets });
  const previous = compare_previous ? previousRange(range, { now, retention }) : undefined;
  const ids = asked.with_groups_before ? groups.map(({ id }) => id) : [];
  const before = previous && (await readTrafficSeries(store, { ...request, ...previous, ids }));
  if (total.points.every(({ packets_total = 0n }) => packets_total === 0n)) {
    await checkKnown(asking, asked.filter);
  }
  const frame = frameOf(total, range);
  const sums = groups.map(({ history }) => sumsOf(history, range));
  const totalSums = sumsOf(total, range);
  return {
    from: timestamp(range.from),
    to: timestamp(range.to),
    resolution: range.resolution,
    step_s: range.step / 1000,
    ...frame,
    at: frame.at.map(timestamp),
    groups: groups.map(({ id, history }, index) => presentGroup(id, history.bytes, sums[index]!)),
    other: more
      ? presentGroup('other', total.bytes - sumOf(groups.map(each => each.history)), restOf(totalSums, sums))
      : null,
    total: presentGroup('total', total.bytes, totalSums),
    previous: before
      ? {
          from: timestamp(before.range.from),
          to: timestamp(before.range.to),
          at: frameOf(before.total, before.range).at.map(timestamp),
          groups: before.groups.map(({ id, history }) =>
            presentGroup(id, history.bytes, sumsOf(history, before.range)),
          ),
          total: presentGroup('total', before.total.bytes, sumsOf(before.total, before.range)),
        }
      : null,
  };
}

function presentGroup(id: string, bytes: bigint, sums: readonly IntervalSum[]): SeriesGroup {
  return { id, bytes_exact: String(bytes), ...ratesOf(sums) };
}

function sumOf(histories: readonly History[]): bigint {
  return histories.reduce((sum, { bytes }) => sum + bytes, 0n);
}

/**
 * The resets in a series: of all policies, of one in the filter, or of any policy that passes if
 * the groups are policies.
 */
async function resetsOf(
  { context: { client, tables } }: Asking,
  { group_by, filter }: AskedSeries,
): Promise<number[]> {
  const resets = await readResets(client, tables);
  const shows = ({ covers }: (typeof resets)[number]): boolean => {
    if (covers.all) return true;
    const shown = idsOf(filter, 'policy_id') !== undefined || group_by === 'POLICY';
    return shown && passes(filter, covers);
  };
  return resets
    .filter(({ undone }) => !undone)
    .filter(shows)
    .map(({ at }) => at);
}
