import { z } from 'zod';
import { flowMatcher } from '../../../core/flows/flow-filter.ts';
import { type FlowLogStore, readFlowLogs } from '../../../core/flows/flow-log-reader.ts';
import { FLOW_GROUPS } from '../../../core/flows/flow-stats.ts';
import { FlowSums, type TopFlow } from '../../../core/flows/top-flows.ts';
import { type NetworkContext, timestamp } from '../../../core/network/network-context.ts';
import { applicationClass } from '../../../core/traffic/application-class.ts';
import type { TopFlow as PresentedTopFlow } from '../../../graphql/schema.generated.ts';
import { answerFlows, checkLogged } from '../answers/flows.ts';
import { answerFlowStats } from '../answers/stats.ts';
import { checkKnown } from '../check-known.ts';
import { flowFilter } from '../flow-filter-argument.ts';
import { groupingArguments } from '../grouping-arguments.ts';
import { optionalId } from '../id-argument.ts';
import { presentCounts } from '../present-counts.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';
import { wholeNumber } from '../whole-number.ts';

const MINUTE_MS = 60_000;

const GROUP_RULE = `group_by takes one to four of ${FLOW_GROUPS.join(', ')}, each once.`;

type FlowOperation = 'Query.topFlows' | 'Query.flows' | 'Query.flowStats';

export const flowResolvers: Pick<Resolvers, FlowOperation> = {
  'Query.topFlows': resolver({
    arguments: z.object({
      policy_id: optionalId,
      site_id: optionalId,
      window: wholeNumber('window', { max: 60, fallback: 5 }),
      limit: wholeNumber('limit', { max: 1000, fallback: 10 }),
    }),
    async resolve({ policy_id, site_id, window, limit }, call) {
      const { context } = call;
      checkLogged(call);
      const to = context.clock();
      const from = to - window * MINUTE_MS;
      const sums = new FlowSums(flowMatcher({ policy_id }));
      await readFlowLogs(storeOf(context), { from, to, site_id }, report => sums.add(report));
      const { flows, other, total, distinct, reports } = sums.largest(limit);
      if (total.packets === 0n) await checkKnown(call, { policy_id, site_id });
      return {
        from: timestamp(from),
        to: timestamp(to),
        flows: flows.map(presentTopFlow),
        other: presentCounts(other),
        total: presentCounts(total),
        flows_seen: distinct,
        reports,
      };
    },
  }),

  'Query.flows': resolver({
    arguments: z.object({
      filter: flowFilter,
      from: timeArgument,
      to: timeArgument,
      limit: wholeNumber('limit', { max: 1000, fallback: 100 }),
      next_token: z.string().nullish(),
    }),
    resolve: (args, call) => answerFlows(call, args),
  }),

  'Query.flowStats': resolver({
    arguments: groupingArguments(FLOW_GROUPS, GROUP_RULE),
    resolve: (args, call) => answerFlowStats(call, args),
  }),
};

function storeOf({ client, tables, clock, deadline }: NetworkContext): FlowLogStore {
  return { client, table: tables.traffic, clock, deadline };
}

function presentTopFlow(flow: TopFlow): PresentedTopFlow {
  const { protocol, src_port, dst_port } = flow;
  return {
    ...flow,
    application: applicationClass(protocol, src_port, dst_port),
    ...presentCounts(flow),
  };
}
