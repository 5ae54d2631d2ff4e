import type {
  FlowStats,
  FlowStatsRow as PresentedFlowRow,
  TrafficRow,
  TrafficStats,
} from '../../graphql/schema.generated.ts';
import { ValidationError } from '../errors.ts';
import { type FlowFilter, flowMatcher, reportsOf } from '../flows/flow-filter.ts';
import { type FlowGroup, FlowGroups, type FlowStatsRow } from '../flows/flow-stats.ts';
import { readFlowLogs } from '../flows/read-flow-logs.ts';
import { type AggregateRow, aggregate, type LaneGroup, type Order } from '../history/aggregate.ts';
import { resolveRange } from '../history/resolution.ts';
import { timestamp } from '../storage/store-context.ts';
import { type DimensionFilter, idsOf } from '../totals/dimension-filter.ts';
import { checkLogged } from './answer-flows.ts';
import { type Asking, askedAt, flowLogOf } from './asking.ts';
import { checkKnown } from './check-known.ts';
import { lanesAtEnds } from './lanes-at-ends.ts';
import { presentCompleteness } from './present-completeness.ts';
import { presentCounts, presentSum, presentUnknown } from './present-counts.ts';
import { nextStatsToken, readStatsPosition } from './stats-position.ts';

const HOUR_MS = 3_600_000;

/** The most hours of flow logs that one answer reads. */
const MAX_FLOW_STATS_HOURS = 48;

/** What a query that groups takes; instants in milliseconds. Rows past `limit` are summed as `other`. */
interface AskedStats<Group> {
  group_by: readonly Group[];
  from: number;
  to: number;
  filter: DimensionFilter;
  order_by: Order;
  limit: number;
  next_token?: string | null | undefined;
}

/** Checks a range that is to be grouped. @throws ValidationError */
export function checkStatsRange(
  asking: Pick<Asking, 'context' | 'retention' | 'flow_log_ttl_hours' | 'as_of'>,
  { from, to, of_flows }: { from: number; to: number; of_flows: boolean },
): void {
  if (of_flows) checkLogged(asking);
  resolveRange({ from, to, now: askedAt(asking), retention: asking.retention });
  if (!of_flows || to - from <= MAX_FLOW_STATS_HOURS * HOUR_MS) return;
  throw new ValidationError(`from and to may lie ${MAX_FLOW_STATS_HOURS} hours apart at most.`, {
    arguments: ['from', 'to'],
  });
}

/** `trafficStats`. @throws ValidationError · NotFound for an id that never was */
export async function answerTrafficStats(
  asking: Asking,
  { from, to, next_token, ...request }: AskedStats<LaneGroup>,
): Promise<TrafficStats> {
  const position = readStatsPosition('trafficStats', next_token);
  const now = askedAt(asking);
  checkStatsRange(asking, { from, to, of_flows: false });
  const { before, after } = await lanesAtEnds(asking, { from, to, now, filter: request.filter });
  const { rows, other, total } = aggregate({
    before: before?.lanes ?? [],
    after: after.lanes,
    ...request,
    offset: position.offset,
  });
  if (total.packets === 0n) await checkKnown(asking, request.filter);
  const { taken_at } = after.mark;
  return {
    from: timestamp(before?.mark.taken_at ?? from),
    to: timestamp(taken_at),
    rows: rows.map(presentRow),
    other: presentSum(other),
    other_rows: other.rows,
    next_token: nextStatsToken('trafficStats', position, {
      rows: rows.length,
      other_rows: other.rows,
      figures: [before?.mark.taken_at ?? 0, taken_at, total.bytes],
    }),
    total: presentSum(total),
    completeness: presentCompleteness({ ...after.mark, as_of: taken_at }),
  };
}

/** `flowStats`. @throws NotFound · ValidationError for more than `max_rows` groups, 200,000 by default */
export async function answerFlowStats(
  asking: Asking,
  {
    group_by,
    from,
    to,
    filter,
    order_by,
    limit,
    next_token,
    max_rows,
  }: AskedStats<FlowGroup> & { max_rows?: number | undefined },
): Promise<FlowStats> {
  const position = readStatsPosition('flowStats', next_token);
  const now = askedAt(asking);
  checkStatsRange(asking, { from, to, of_flows: true });
  const { before, after } = await lanesAtEnds(asking, { from, to, now, filter });
  const { total } = aggregate({
    before: before?.lanes ?? [],
    after: after.lanes,
    group_by: ['POLICY'],
    filter,
    order_by,
    limit: 0,
  });
  if (total.packets === 0n) await checkKnown(asking, filter);
  const range = { from: before?.mark.taken_at ?? from, to: after.mark.taken_at };
  const flowFilter = flowFilterOf(filter);
  const groups = new FlowGroups(group_by, flowMatcher(flowFilter), { max_rows });
  const reports = { ...range, ...reportsOf(flowFilter) };
  await readFlowLogs(flowLogOf(asking), reports, report => groups.add(report));
  const stats = groups.beside(total, { order_by, limit, offset: position.offset });
  const { taken_at } = after.mark;
  return {
    from: timestamp(range.from),
    to: timestamp(range.to),
    rows: stats.rows.map(presentFlowRow),
    other: presentUnknown(stats.other),
    other_rows: stats.other.rows,
    next_token: nextStatsToken('flowStats', position, {
      rows: stats.rows.length,
      other_rows: stats.other.rows,
      figures: [range.from, range.to, stats.unattributed.bytes, stats.unattributed.packets],
    }),
    unattributed: presentUnknown(stats.unattributed),
    total: presentSum(total),
    completeness: presentCompleteness({ ...after.mark, as_of: taken_at }),
  };
}

/** The same filter of logged flows. */
function flowFilterOf(filter: DimensionFilter): FlowFilter {
  return {
    policy_ids: idsOf(filter, 'policy_id'),
    site_ids: idsOf(filter, 'site_id'),
    endpoint_ids: idsOf(filter, 'endpoint_id'),
    edge_ids: idsOf(filter, 'edge_id'),
    not: filter.not,
  };
}

function presentRow(row: AggregateRow): TrafficRow {
  const { policy_id = null, site_id = null, endpoint_id = null, edge_id = null } = row;
  return { policy_id, site_id, endpoint_id, edge_id, ...presentSum(row) };
}

function presentFlowRow(row: FlowStatsRow): PresentedFlowRow {
  return {
    protocol: row.protocol ?? null,
    application: (row.application as PresentedFlowRow['application']) ?? null,
    source_prefix: row.source_prefix ?? null,
    destination_prefix: row.destination_prefix ?? null,
    ...presentCounts(row),
  };
}
