import { z } from 'zod';
import { answerFlowStats } from '../../../core/answers/answer-flow-stats.ts';
import { answerFlows, checkLogged } from '../../../core/answers/answer-flows.ts';
import { answerTopFlows, lengthOf } from '../../../core/answers/answer-top-flows.ts';
import { flowLogOf } from '../../../core/answers/asking.ts';
import { checkKnown } from '../../../core/answers/check-known.ts';
import { flowFilter, optionalFlowFilter } from '../../../core/answers/flow-filter-argument.ts';
import { optionalId, optionalUuid, uuidArgument } from '../../../core/answers/id-argument.ts';
import { DuplicateFlows, type DuplicatePair } from '../../../core/flows/duplicate-flows.ts';
import { eraseFlows } from '../../../core/flows/flow-erasures.ts';
import { type FlowErasure, readFlowLogState } from '../../../core/flows/flow-log-state.ts';
import { FLOW_ORDERS } from '../../../core/flows/flow-order.ts';
import { FLOW_GROUPS } from '../../../core/flows/flow-stats.ts';
import { readFlowLogs } from '../../../core/flows/read-flow-logs.ts';
import { clientToken } from '../../../core/storage/commit-once.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type {
  DuplicateCountingWarning,
  FlowErasure as PresentedErasure,
} from '../../../graphql/schema.generated.ts';
import { COSTS, flowLogCost } from '../costs.ts';
import { groupingArguments, orderArgument } from '../grouping-arguments.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { optionalTime, timeArgument } from '../time-argument.ts';
import { optionalWholeNumber, wholeNumber } from '../whole-number.ts';

const MINUTE_MS = 60_000;

type FlowOperation =
  | 'Query.topFlows'
  | 'Query.duplicateCounting'
  | 'Query.flows'
  | 'Query.flowStats'
  | 'Query.flowErasures'
  | 'Mutation.eraseFlows';

export const flowResolvers: Pick<Resolvers, FlowOperation> = {
  'Query.topFlows': resolver({
    arguments: z.object({
      policy_id: optionalId,
      site_id: optionalUuid,
      window: optionalWholeNumber('window', { max: 60 }),
      from: optionalTime,
      to: optionalTime,
      filter: optionalFlowFilter,
      order_by: orderArgument,
      limit: wholeNumber('limit', { max: 1000, fallback: 10 }),
    }),
    cost: asked => flowLogCost(lengthOf(asked)),
    resolve: (asked, call) => answerTopFlows(call, asked),
  }),

  'Query.duplicateCounting': resolver({
    arguments: z.object({
      site_id: uuidArgument,
      window: wholeNumber('window', { max: 60, fallback: 10 }),
    }),
    cost: ({ window }) => flowLogCost(window * MINUTE_MS),
    async resolve({ site_id, window }, call) {
      checkLogged(call);
      const to = call.context.clock();
      const from = to - window * MINUTE_MS;
      const flows = new DuplicateFlows();
      let reports = 0;
      await readFlowLogs(flowLogOf(call), { from, to, site_id }, report => {
        reports++;
        flows.add(report);
      });
      if (reports === 0) await checkKnown(call, { site_id });
      return {
        from: timestamp(from),
        to: timestamp(to),
        reports,
        warnings: flows.pairs().map(presentDuplicate),
      };
    },
  }),

  'Query.flows': resolver({
    arguments: z.object({
      filter: flowFilter,
      from: timeArgument,
      to: timeArgument,
      order: z
        .enum(FLOW_ORDERS)
        .nullish()
        .transform(order => order ?? undefined),
      limit: wholeNumber('limit', { max: 1000, fallback: 100 }),
      next_token: z.string().nullish(),
    }),
    cost: () => COSTS.page_of_flows,
    resolve: (args, call) => answerFlows(call, args),
  }),

  'Query.flowStats': resolver({
    arguments: groupingArguments(FLOW_GROUPS).extend({ flows: optionalFlowFilter }),
    cost: ({ from, to }) => COSTS.lanes_twice + flowLogCost(to - from),
    resolve: (args, call) => answerFlowStats(call, args),
  }),

  'Query.flowErasures': resolver({
    arguments: z.object({}),
    async resolve(_, { context: { client, tables } }) {
      const { erasures } = await readFlowLogState({ client, table: tables.traffic });
      return erasures.map(presentErasure);
    },
  }),

  'Mutation.eraseFlows': resolver({
    arguments: z.object({ address: z.string(), client_token: clientToken }),
    target: ({ address }) => `address:${address}`,
    async resolve({ address, client_token }, { context, caller }) {
      return presentErasure(await eraseFlows(context, { actor: caller, address, client_token }));
    },
  }),
};

function presentErasure(erasure: FlowErasure): PresentedErasure {
  const { id, address, requested_ms, status, done_until_ms, finished_ms } = erasure;
  return {
    audit_id: id,
    address,
    requested_at: timestamp(requested_ms),
    status,
    erased_until: done_until_ms === 0 ? null : timestamp(Math.min(done_until_ms, requested_ms)),
    finished_at: finished_ms === undefined ? null : timestamp(finished_ms),
  };
}

function presentDuplicate({ edge_ids, flows, bytes }: DuplicatePair): DuplicateCountingWarning {
  const message = `Edges ${edge_ids.join(' and ')} reported ${flows} large flow(s) with the same addresses and ports, at the same time and with about the same bytes. It seems that both see the same packets, which are then counted twice. Count each packet at one edge, the one where it enters the WAN (docs/edge.md).`;
  return { edge_ids, flows, bytes: Number(bytes), bytes_exact: String(bytes), message };
}
