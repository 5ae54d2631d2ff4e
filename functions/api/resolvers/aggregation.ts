import { z } from 'zod';
import { answerTrafficCost } from '../../../core/answers/answer-cost.ts';
import { answerTrafficStats } from '../../../core/answers/answer-stats.ts';
import { checkKnown } from '../../../core/answers/check-known.ts';
import { uuidArgument } from '../../../core/answers/id-argument.ts';
import { presentActiveFlows } from '../../../core/answers/present-active-flows.ts';
import { presentSum } from '../../../core/answers/present-counts.ts';
import { presentRate } from '../../../core/answers/present-rate.ts';
import { LANE_GROUPS } from '../../../core/history/aggregate.ts';
import { endpointStats } from '../../../core/ledger/figures/endpoint-stats.ts';
import { auditTraffic } from '../../../core/ledger/figures/traffic-audit.ts';
import { readLanesWhere } from '../../../core/ledger/listing/find-lanes.ts';
import { readCorrections } from '../../../core/ledger/voids/corrections.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type { EndpointStats } from '../../../graphql/schema.generated.ts';
import { COSTS } from '../costs.ts';
import { groupingArguments } from '../grouping-arguments.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { selectsOnly } from '../selection.ts';

type AggregationOperation =
  | 'Query.trafficStats'
  | 'Query.trafficCost'
  | 'Query.endpointStats'
  | 'Query.trafficAudit';

/** Maximum number of mismatches in an answer. */
const MAX_MISMATCHES = 1000;

const OWN_FIELDS = [
  'endpoint_id',
  'packets',
  'bytes',
  'packets_exact',
  'bytes_exact',
  'estimated_share',
  'active_flows',
  'rate',
  'as_of',
  '__typename',
] as const satisfies (keyof EndpointStats | '__typename')[];

export const aggregationResolvers: Pick<Resolvers, AggregationOperation> = {
  'Query.trafficStats': resolver({
    arguments: groupingArguments(LANE_GROUPS),
    cost: () => COSTS.lanes_twice,
    resolve: (args, call) => answerTrafficStats(call, args),
  }),

  'Query.trafficCost': resolver({
    arguments: groupingArguments(LANE_GROUPS).omit({ order_by: true }),
    cost: () => COSTS.lanes_twice,
    async resolve(args, call) {
      return { currency: call.currency, ...(await answerTrafficCost(call, args)) };
    },
  }),

  'Query.endpointStats': resolver({
    arguments: z.object({ site_id: uuidArgument }),
    cost: () => COSTS.lanes_once,
    async resolve({ site_id }, call) {
      const { context } = call;
      const as_of = timestamp(context.clock());
      const stats = await endpointStats(
        readLanesWhere({ ...context, table: context.tables.traffic }, { site_id }),
        await readCorrections(context),
      );
      if (stats.length === 0) await checkKnown(call, { site_id });
      const with_policies = !selectsOnly(call.selection, '', OWN_FIELDS);
      return stats.map(({ endpoint_id, policies, rated, ...counts }) => ({
        endpoint_id,
        ...presentSum(counts),
        active_flows: presentActiveFlows(counts.active_flows),
        rate: presentRate(counts, rated),
        as_of,
        policies: (with_policies ? policies : []).map(policy => ({
          policy_id: policy.policy_id,
          ...presentSum(policy),
          active_flows: presentActiveFlows(policy.active_flows),
        })),
      }));
    },
  }),

  'Query.trafficAudit': resolver({
    arguments: z.object({}),
    cost: () => COSTS.audit_of_traffic,
    async resolve(_, { context }) {
      const audit = await auditTraffic(context);
      const { policies, lanes, unreadable_lanes, mismatches } = audit;
      return {
        agrees: mismatches.length === 0,
        policies,
        lanes,
        unreadable_lanes,
        mismatches: mismatches
          .slice(0, MAX_MISMATCHES)
          .map(({ policy_id, packets, bytes, estimated_bytes, lanes_before, lanes_after }) => ({
            policy_id,
            packets: String(packets),
            bytes: String(bytes),
            estimated_bytes: String(estimated_bytes),
            lanes_before_packets: String(lanes_before.packets),
            lanes_before_bytes: String(lanes_before.bytes),
            lanes_before_estimated_bytes: String(lanes_before.estimated_bytes),
            lanes_after_packets: String(lanes_after.packets),
            lanes_after_bytes: String(lanes_after.bytes),
            lanes_after_estimated_bytes: String(lanes_after.estimated_bytes),
          })),
      };
    },
  }),
};
