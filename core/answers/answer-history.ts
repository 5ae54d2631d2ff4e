import type {
  PolicyHistory,
  HistoryPoint as PresentedPoint,
  TrafficHistory,
  TrafficSum,
} from '../../graphql/schema.generated.ts';
import type { HistoryPoint, ReportingSpan } from '../history/points/points.ts';
import { type History, readPolicyHistory } from '../history/points/read-history.ts';
import { readTrafficHistory } from '../history/points/traffic-history.ts';
import { previousRange, type Range, type Resolution, resolveRange } from '../history/resolution.ts';
import { readResets } from '../ledger/figures/baselines.ts';
import { type Correction, readCorrections } from '../ledger/voids/corrections.ts';
import { timestamp } from '../storage/store-context.ts';
import { type DimensionFilter, idsOf, passes } from '../totals/dimension-filter.ts';
import { type Asking, askedAt } from './asking.ts';
import { checkKnown, checkPolicy } from './check-known.ts';
import { presentActiveFlows } from './present-active-flows.ts';
import { presentCompleteness } from './present-completeness.ts';
import { estimatedShare, presentCounts, presentSum } from './present-counts.ts';

/** The range of a query of history; instants in milliseconds. */
export interface AskedHistory {
  from: number;
  to: number;
  resolution?: Resolution | undefined;
  compare_previous?: boolean | null | undefined;
}

/** `policyHistory`. @throws NotFound for an unknown id */
export async function answerPolicyHistory(
  asking: Asking,
  { policy_id, ...asked }: AskedHistory & { policy_id: string },
): Promise<PolicyHistory> {
  const { client, tables } = asking.context;
  const store = { client, table: tables.traffic };
  const [resets, voids] = await Promise.all([
    resetsOf(asking, { policy_id }),
    voidsOf(asking, { policy_id }),
  ]);
  const now = askedAt(asking);
  const read = (range: Range) =>
    readPolicyHistory(store, { policy_id, range, resets, voids, now, retention: asking.retention });
  const history = await answer({ ...asked, now }, asking, read);
  if (isEmpty(history)) await checkPolicy(asking, policy_id);
  return { policy_id, ...history };
}

/**
 * `trafficHistory`. @throws NotFound · ValidationError for more than `max_lane_samples` (default:
 * 50,000)
 */
export async function answerTrafficHistory(
  asking: Asking,
  {
    filter,
    max_lane_samples,
    ...asked
  }: AskedHistory & { filter: DimensionFilter; max_lane_samples?: number | undefined },
): Promise<TrafficHistory> {
  const { context, retention } = asking;
  const now = askedAt(asking);
  const store = { ...context, table: context.tables.traffic };
  const [resets, voids] = await Promise.all([resetsOf(asking, filter), voidsOf(asking, filter)]);
  const read = (range: Range) =>
    readTrafficHistory(store, { range, filter, now, retention, resets, voids, max_lane_samples });
  const history = await answer({ ...asked, now }, asking, read);
  if (isEmpty(history)) await checkKnown(asking, filter);
  return history;
}

async function answer(
  { from, to, resolution, compare_previous, now }: AskedHistory & { now: number },
  { retention }: Pick<Asking, 'retention'>,
  read: (range: Range) => Promise<History>,
): Promise<TrafficHistory> {
  const range = resolveRange({ from, to, resolution, now, retention });
  const before = compare_previous ? previousRange(range, { now, retention }) : undefined;
  const [history, previous] = await Promise.all([read(range), before && read(before)]);
  return {
    from: timestamp(range.from),
    to: timestamp(range.to),
    resolution: range.resolution,
    begins_at: history.begins === undefined ? null : timestamp(history.begins),
    points: history.points.map(presentPoint),
    sum: presentSum(history),
    p95_bits_per_second: history.p95_bits_per_second ?? null,
    previous: previous ? presentSum(previous) : (null as TrafficSum | null),
  };
}

/** The resets in a range: of all policies, or of one in the filter. */
async function resetsOf(
  { context: { client, tables } }: Pick<Asking, 'context'>,
  filter: DimensionFilter,
): Promise<number[]> {
  const named = idsOf(filter, 'policy_id');
  const resets = await readResets(client, tables);
  return resets
    .filter(({ undone }) => !undone)
    .filter(({ covers }) => covers.all || named?.includes(covers.policy_id))
    .map(({ at }) => at);
}

/** When voided boots reported whose counts pass a filter. */
async function voidsOf(
  { context }: Pick<Asking, 'context'>,
  filter: DimensionFilter,
): Promise<ReportingSpan[]> {
  const corrections = await readCorrections(context);
  return corrections
    .filter(correction => countedFor(correction, filter))
    .map(({ first_heard_at_ms, last_heard_at_ms }) => ({ from: first_heard_at_ms, to: last_heard_at_ms }));
}

function countedFor({ edge_id, site_id, pairs }: Correction, filter: DimensionFilter): boolean {
  return pairs.some(({ policy_id, endpoint_id }) =>
    passes(filter, { edge_id, site_id, policy_id, endpoint_id }),
  );
}

/** Whether nothing was counted by the end of the range, so that the id may be unknown. */
function isEmpty({ points }: TrafficHistory): boolean {
  return points.every(({ packets_total_exact }) => (packets_total_exact ?? '0') === '0');
}

function presentPoint(point: HistoryPoint): PresentedPoint {
  const { peak, completeness } = point;
  return {
    from: timestamp(point.from),
    at: timestamp(point.at),
    ...presentCounts(point),
    estimated_share: point.gap ? null : estimatedShare(point),
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
    voided: point.voided,
    completeness: completeness ? presentCompleteness(completeness) : null,
  };
}
