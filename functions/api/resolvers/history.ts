import { z } from 'zod';
import type { HistoryPoint } from '../../../core/history/points.ts';
import { type History, readPolicyHistory } from '../../../core/history/read-history.ts';
import {
  previousRange,
  type Range,
  RESOLUTIONS,
  type Resolution,
  resolveRange,
} from '../../../core/history/resolution.ts';
import type { SampleStore } from '../../../core/history/sample-store.ts';
import { readTrafficHistory } from '../../../core/history/traffic-history.ts';
import { timestamp } from '../../../core/network/network-context.ts';
import { ALL_POLICIES, coversPolicy, readBaselines } from '../../../core/traffic/baselines.ts';
import type {
  HistoryPoint as PresentedPoint,
  TrafficHistory,
  TrafficSum,
} from '../../../graphql/schema.generated.ts';
import { checkKnown, checkPolicy } from '../check-known.ts';
import { idArgument } from '../id-argument.ts';
import { presentActiveFlows } from '../present-active-flows.ts';
import { presentCounts } from '../present-counts.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';
import { trafficFilter } from '../traffic-filter.ts';

const rangeArguments = {
  from: timeArgument,
  to: timeArgument,
  resolution: z
    .enum(Object.keys(RESOLUTIONS) as [Resolution], 'must be MINUTE, HOUR or DAY')
    .nullish()
    .transform(given => given ?? undefined),
  compare_previous: z.boolean().nullish(),
};

export const historyResolvers: Pick<Resolvers, 'Query.policyHistory' | 'Query.trafficHistory'> = {
  'Query.policyHistory': resolver({
    arguments: z.object({ policy_id: idArgument, ...rangeArguments }),
    async resolve({ policy_id, ...asked }, call) {
      const resets = await resetsOf(call, policy_id);
      const now = call.context.clock();
      const read = (range: Range) => readPolicyHistory(storeOf(call), { policy_id, range, resets, now });
      const history = await answer(asked, call, read);
      if (isEmpty(history)) await checkPolicy(call, policy_id);
      return { policy_id, ...history };
    },
  }),

  'Query.trafficHistory': resolver({
    arguments: z.object({ filter: trafficFilter, ...rangeArguments }),
    async resolve({ filter, ...asked }, call) {
      const { context } = call;
      const store = { ...context, table: context.tables.traffic };
      const resets = await resetsOf(call, filter.policy_id ?? ALL_POLICIES);
      const read = (range: Range) =>
        readTrafficHistory(store, { range, filter, resets, tables: context.tables });
      const history = await answer(asked, call, read);
      if (isEmpty(history)) await checkKnown(call, filter);
      return history;
    },
  }),
};

interface Asked {
  from: number;
  to: number;
  resolution: Resolution | undefined;
  compare_previous?: boolean | null | undefined;
}

async function answer(
  { from, to, resolution, compare_previous }: Asked,
  { context, retention }: Call,
  read: (range: Range) => Promise<History>,
): Promise<TrafficHistory> {
  const now = context.clock();
  const range = resolveRange({ from, to, resolution, now, retention });
  const before = compare_previous ? previousRange(range, { now, retention }) : undefined;
  const [history, previous] = await Promise.all([read(range), before && read(before)]);
  return {
    from: timestamp(range.from),
    to: timestamp(range.to),
    resolution: range.resolution,
    begins_at: history.begins === undefined ? null : timestamp(history.begins),
    points: history.points.map(presentPoint),
    sum: presentCounts(history),
    p95_bits_per_second: history.p95_bits_per_second ?? null,
    previous: previous ? presentCounts(previous) : (null as TrafficSum | null),
  };
}

async function resetsOf({ context }: Call, policy_id: string): Promise<number[]> {
  const baselines = await readBaselines(context.client, context.tables, { all: true });
  return baselines
    .filter(baseline => !baseline.undone && coversPolicy(baseline, policy_id))
    .map(baseline => baseline.at);
}

/** Whether nothing was ever counted by the end of the range: the id may be one that never was. */
function isEmpty({ points }: TrafficHistory): boolean {
  return points.every(({ packets_total_exact }) => (packets_total_exact ?? '0') === '0');
}

function storeOf({ context }: Call): SampleStore {
  return { client: context.client, table: context.tables.traffic };
}

function presentPoint(point: HistoryPoint): PresentedPoint {
  const { peak, completeness } = point;
  return {
    from: timestamp(point.from),
    at: timestamp(point.at),
    ...presentCounts(point),
    packets_total_exact: point.packets_total?.toString() ?? null,
    bytes_total_exact: point.bytes_total?.toString() ?? null,
    packets_per_second: point.packets_per_second,
    bits_per_second: point.bits_per_second,
    active_flows: presentActiveFlows(point.active_flows),
    peak_packets_per_second: peak?.packets_per_second ?? null,
    peak_bits_per_second: peak?.bits_per_second ?? null,
    peak_active_flows: peak ? presentActiveFlows(peak.active_flows) : null,
    gap: point.gap,
    intervals_missed: point.intervals_missed,
    reset: point.reset,
    completeness: point.gap
      ? null
      : {
          edges_expected: completeness.edges_expected,
          edges_heard: completeness.edges_heard,
          as_of: timestamp(point.at),
        },
  };
}
