import { z } from 'zod';
import { type AggregateRow, aggregate, LANE_GROUPS } from '../../../core/history/aggregate.ts';
import { endpointStats } from '../../../core/history/endpoint-stats.ts';
import { resolveRange } from '../../../core/history/resolution.ts';
import { auditTraffic } from '../../../core/history/traffic-audit.ts';
import { timestamp } from '../../../core/network/network-context.ts';
import { readAllLanes } from '../../../core/traffic/read-lanes.ts';
import type { TrafficRow } from '../../../graphql/schema.generated.ts';
import { checkKnown } from '../check-known.ts';
import { groupingArguments } from '../grouping-arguments.ts';
import { idArgument } from '../id-argument.ts';
import { readLanesAtEnds } from '../lanes-at-ends.ts';
import { presentActiveFlows } from '../present-active-flows.ts';
import { presentCounts } from '../present-counts.ts';
import { type Resolvers, resolver } from '../resolver.ts';

const GROUP_RULE = `group_by takes one to four of ${LANE_GROUPS.join(', ')}, each once.`;

type AggregationOperation = 'Query.trafficStats' | 'Query.endpointStats' | 'Query.trafficAudit';

export const aggregationResolvers: Pick<Resolvers, AggregationOperation> = {
  'Query.trafficStats': resolver({
    arguments: groupingArguments(LANE_GROUPS, GROUP_RULE),
    async resolve({ from, to, ...request }, call) {
      const now = call.context.clock();
      resolveRange({ from, to, now, retention: call.retention });
      const { before, after } = await readLanesAtEnds(call, { from, to, now });
      const { rows, other, total } = aggregate({
        before: before?.lanes ?? [],
        after: after.lanes,
        ...request,
      });
      if (total.packets === 0n) await checkKnown(call, request.filter);
      const { edges_expected, edges_heard, taken_at } = after.mark;
      return {
        from: timestamp(before?.mark.taken_at ?? from),
        to: timestamp(taken_at),
        rows: rows.map(presentRow),
        other: presentCounts(other),
        other_rows: other.rows,
        total: presentCounts(total),
        completeness: { edges_expected, edges_heard, as_of: timestamp(taken_at) },
      };
    },
  }),

  'Query.endpointStats': resolver({
    arguments: z.object({ site_id: idArgument }),
    async resolve({ site_id }, call) {
      const { context } = call;
      const stats = await endpointStats(readAllLanes(context.client, context.tables), site_id);
      if (stats.length === 0) await checkKnown(call, { site_id });
      return stats.map(({ endpoint_id, policies, ...counts }) => ({
        endpoint_id,
        ...presentCounts(counts),
        active_flows: presentActiveFlows(counts.active_flows),
        policies: policies.map(policy => ({
          policy_id: policy.policy_id,
          ...presentCounts(policy),
          active_flows: presentActiveFlows(policy.active_flows),
        })),
      }));
    },
  }),

  'Query.trafficAudit': resolver({
    arguments: z.object({}),
    async resolve(_, { context, slots }) {
      const audit = await auditTraffic({ ...context, slots });
      const { policies, lanes, unreadable_lanes, mismatches } = audit;
      return {
        agrees: mismatches.length === 0,
        policies,
        lanes,
        unreadable_lanes,
        mismatches: mismatches.map(({ policy_id, packets, bytes, lanes_before, lanes_after }) => ({
          policy_id,
          packets: String(packets),
          bytes: String(bytes),
          lanes_before_packets: String(lanes_before.packets),
          lanes_before_bytes: String(lanes_before.bytes),
          lanes_after_packets: String(lanes_after.packets),
          lanes_after_bytes: String(lanes_after.bytes),
        })),
      };
    },
  }),
};

function presentRow(row: AggregateRow): TrafficRow {
  const { policy_id = null, site_id = null, endpoint_id = null, edge_id = null } = row;
  return { policy_id, site_id, endpoint_id, edge_id, ...presentCounts(row) };
}
