import type { FlowStats, FlowStatsRow as PresentedFlowRow } from '../../graphql/schema.generated.ts';
import { ValidationError } from '../errors.ts';
import {
  accountMatcher,
  type FlowFilter,
  type FlowValues,
  flowMatcher,
  reportsOf,
} from '../flows/flow-filter.ts';
import { type FlowGroup, FlowGroups, type FlowStatsRow } from '../flows/flow-stats.ts';
import { readFlowLogs } from '../flows/read-flow-logs.ts';
import { aggregate } from '../history/aggregate.ts';
import { readNamedGroups } from '../named-groups/read-named-groups.ts';
import { timestamp } from '../storage/store-context.ts';
import { type DimensionFilter, idsOf } from '../totals/dimension-filter.ts';
import { type AskedStats, checkStatsRange } from './answer-stats.ts';
import { type Asking, askedAt, flowLogOf } from './asking.ts';
import { checkKnown } from './check-known.ts';
import { groupsOfFlows } from './groups-of-flows.ts';
import { lanesAtEnds } from './lanes-at-ends.ts';
import { presentCompleteness } from './present-completeness.ts';
import { presentCounts, presentSum, presentUnknown } from './present-counts.ts';
import { type AskedFlowFilter, resolveGroups } from './resolve-groups.ts';
import { nextStatsToken, readStatsPosition } from './stats-position.ts';

/** Arguments of `flowStats`: a filter on counted fields, or on all logged fields. */
interface AskedFlowStats extends AskedStats<FlowGroup> {
  /** In place of `filter`. */
  flows?: AskedFlowFilter | undefined;
  max_rows?: number | undefined;
}

/**
 * `flowStats`. @throws NotFound · ValidationError for more than `max_rows` groups (default:
 * 200,000)
 */
export async function answerFlowStats(asking: Asking, asked: AskedFlowStats): Promise<FlowStats> {
  const { group_by, from, to, order_by, limit, next_token, max_rows } = asked;
  const position = readStatsPosition('flowStats', next_token);
  const now = askedAt(asking);
  checkStatsRange(asking, { from, to, of_flows: true });
  const flows = await flowFilterOf(asking, asked);
  const filter = idFilterOf(flows);
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
  const groups = new FlowGroups(group_by, flowMatcher(flows), {
    counted: accountMatcher(flows),
    max_rows,
    ...(group_by.some(isOfNamedGroups) && { groups: groupsOfFlows(await readNamedGroups(asking.context)) }),
  });
  const reports = { ...range, ...reportsOf(flows) };
  await readFlowLogs(flowLogOf(asking), reports, report => groups.add(report));
  const stats = groups.splitTotal(total, { order_by, limit, offset: position.offset });
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
    unmatched: presentUnknown(stats.unmatched),
    unattributed: presentUnknown(stats.unattributed),
    total: presentSum(total),
    completeness: presentCompleteness({ ...after.mark, as_of: taken_at }),
  };
}

function isOfNamedGroups(group: FlowGroup): boolean {
  return group.endsWith('_GROUP');
}

/** The filter of logged flows. @throws ValidationError if it is given in two ways */
async function flowFilterOf({ context }: Asking, { filter, flows }: AskedFlowStats): Promise<FlowFilter> {
  if (!flows) {
    return {
      policy_ids: idsOf(filter, 'policy_id'),
      site_ids: idsOf(filter, 'site_id'),
      endpoint_ids: idsOf(filter, 'endpoint_id'),
      edge_ids: idsOf(filter, 'edge_id'),
      not: filter.not,
    };
  }
  if (Object.values(filter).some(given => given !== undefined)) {
    throw new ValidationError('filter and flows exclude each other: put all conditions in flows.', {
      arguments: ['filter', 'flows'],
    });
  }
  return resolveGroups(context, flows);
}

/** The part of a filter that counters have too. */
function idFilterOf({ not, ...values }: FlowFilter): DimensionFilter {
  const ids = ({ policy_ids, site_ids, endpoint_ids, edge_ids }: FlowValues) => ({
    policy_ids,
    site_ids,
    endpoint_ids,
    edge_ids,
  });
  return { ...ids(values), ...(not && { not: ids(not) }) };
}

function presentFlowRow({ application, packets, bytes, ...row }: FlowStatsRow): PresentedFlowRow {
  return {
    ...NOT_GROUPED_BY,
    ...row,
    application: (application as PresentedFlowRow['application']) ?? null,
    ...presentCounts({ packets, bytes }),
  };
}

const NOT_GROUPED_BY = {
  protocol: null,
  source_prefix: null,
  destination_prefix: null,
  policy_id: null,
  site_id: null,
  endpoint_id: null,
  edge_id: null,
  source: null,
  destination: null,
  port: null,
  source_group: null,
  destination_group: null,
  port_group: null,
};
