import type { AggregateFilter } from '../../../core/history/aggregate.ts';
import type { HistoryPoint } from '../../../core/history/points.ts';
import { type History, readPolicyHistory } from '../../../core/history/read-history.ts';
import { type Range, type Resolution, resolveRange } from '../../../core/history/resolution.ts';
import { readTrafficHistory } from '../../../core/history/traffic-history.ts';
import { type NetworkContext, timestamp } from '../../../core/network/network-context.ts';
import { coversPolicy, readBaselines } from '../../../core/traffic/baselines.ts';
import type {
  PolicyHistory,
  HistoryPoint as PresentedPoint,
  TrafficHistory,
  TrafficSum,
} from '../../../graphql/schema.generated.ts';
import { presentActiveFlows } from '../present-active-flows.ts';
import { presentCounts } from '../present-counts.ts';

/** A range as a query of history takes it; instants in milliseconds. */
export interface AskedHistory {
  from: number;
  to: number;
  resolution?: Resolution | undefined;
  compare_previous?: boolean | null | undefined;
}

/** `policyHistory`. */
export async function answerPolicyHistory(
  context: NetworkContext,
  { policy_id, ...asked }: AskedHistory & { policy_id: string },
): Promise<PolicyHistory> {
  const store = { client: context.client, table: context.tables.traffic };
  const resets = await resetsOf(context, policy_id);
  const read = (range: Range) => readPolicyHistory(store, { policy_id, range, resets });
  return { policy_id, ...(await answer(asked, context, read)) };
}

/** `trafficHistory`. @throws ValidationError for more than `max_lane_samples`, 50,000 by default */
export function answerTrafficHistory(
  context: NetworkContext,
  {
    filter,
    max_lane_samples,
    ...asked
  }: AskedHistory & { filter: AggregateFilter; max_lane_samples?: number | undefined },
): Promise<TrafficHistory> {
  const { client, tables } = context;
  const store = { client, table: tables.traffic };
  const read = (range: Range) => readTrafficHistory(store, { range, filter, tables, max_lane_samples });
  return answer(asked, context, read);
}

async function answer(
  { from, to, resolution, compare_previous }: AskedHistory,
  { clock }: NetworkContext,
  read: (range: Range) => Promise<History>,
): Promise<TrafficHistory> {
  const now = clock();
  const range = resolveRange({ from, to, resolution, now });
  const before = compare_previous ? previousRange(range, now) : undefined;
  const [history, previous] = await Promise.all([read(range), before && read(before)]);
  return {
    from: timestamp(range.from),
    to: timestamp(range.to),
    resolution: range.resolution,
    points: history.points.map(presentPoint),
    sum: presentCounts(history),
    p95_bits_per_second: history.p95_bits_per_second ?? null,
    previous: previous ? presentCounts(previous) : (null as TrafficSum | null),
  };
}

function previousRange({ from, to, resolution }: Range, now: number): Range {
  return resolveRange({ from: from - (to - from), to: from, resolution, now });
}

async function resetsOf({ client, tables }: NetworkContext, policy_id: string): Promise<number[]> {
  const baselines = await readBaselines(client, tables, { all: true });
  return baselines
    .filter(baseline => !baseline.undone && coversPolicy(baseline, policy_id))
    .map(baseline => baseline.at);
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
