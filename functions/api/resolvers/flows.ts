import { z } from 'zod';
import { ValidationError } from '../../../core/errors.ts';
import { flowMatcher } from '../../../core/flows/flow-filter.ts';
import { type FlowLogStore, readFlowLogs } from '../../../core/flows/flow-log-reader.ts';
import { FLOW_GROUPS, FlowGroups } from '../../../core/flows/flow-stats.ts';
import { type LoggedFlow, pageFlows } from '../../../core/flows/page-flows.ts';
import { FlowSums, type TopFlow } from '../../../core/flows/top-flows.ts';
import { aggregate } from '../../../core/history/aggregate.ts';
import { resolveRange } from '../../../core/history/resolution.ts';
import { type NetworkContext, timestamp } from '../../../core/network/network-context.ts';
import { makePageToken, readPageToken } from '../../../core/storage/page-token.ts';
import { applicationClass } from '../../../core/traffic/application-class.ts';
import { isOtherFlows } from '../../../core/traffic/other-flows.ts';
import type {
  LoggedFlow as PresentedFlow,
  TopFlow as PresentedTopFlow,
} from '../../../graphql/schema.generated.ts';
import { checkKnown } from '../check-known.ts';
import { flowFilter } from '../flow-filter-argument.ts';
import { groupingArguments } from '../grouping-arguments.ts';
import { optionalId } from '../id-argument.ts';
import { readLanesAtEnds } from '../lanes-at-ends.ts';
import { presentCounts } from '../present-counts.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';
import { wholeNumber } from '../whole-number.ts';

const MINUTE_MS = 60_000;

/** Clocks of edges run ahead by so much at most; what claims to be later isn't looked for. */
const CLOCK_AHEAD_MS = 10 * MINUTE_MS;

const HOUR_MS = 60 * MINUTE_MS;

/** The most hours of flow logs that one answer reads. */
const MAX_STATS_HOURS = 48;

const GROUP_RULE = `group_by takes one to four of ${FLOW_GROUPS.join(', ')}, each once.`;

const TOKEN_SHAPE = [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z[#~]/, /^\d{1,9}$/];

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
    async resolve({ filter, from, to, limit, next_token }, call) {
      const { context } = call;
      checkOrder(from, to);
      checkLogged(call, to);
      const position = readPageToken('flows', next_token, TOKEN_SHAPE);
      const now = context.clock();
      const { flows, next } = await pageFlows(storeOf(context), {
        from: Math.max(from, now - call.flow_log_ttl_hours * HOUR_MS),
        to: Math.min(to, now + CLOCK_AHEAD_MS),
        site_id: filter.site_id,
        edge_id: filter.edge_id,
        matches: flowMatcher(filter),
        limit,
        ...(position && { start: { sk: position[0]!, index: Number(position[1]) } }),
      });
      if (flows.length === 0 && !next && !position) await checkKnown(call, filter);
      return {
        items: flows.map(presentFlow),
        next_token: next ? makePageToken('flows', [next.sk, String(next.index)]) : null,
      };
    },
  }),

  'Query.flowStats': resolver({
    arguments: groupingArguments(FLOW_GROUPS, GROUP_RULE),
    async resolve({ group_by, from, to, filter, order_by, limit }, call) {
      const { context, retention } = call;
      checkLogged(call);
      const now = context.clock();
      resolveRange({ from, to, now, retention });
      if (to - from > MAX_STATS_HOURS * HOUR_MS) {
        throw new ValidationError(`from and to may lie ${MAX_STATS_HOURS} hours apart at most.`);
      }
      const { before, after } = await readLanesAtEnds(call, { from, to, now });
      const { total } = aggregate({
        before: before?.lanes ?? [],
        after: after.lanes,
        group_by: ['POLICY'],
        filter,
        order_by,
        limit: 0,
      });
      if (total.packets === 0n) await checkKnown(call, filter);
      const range = { from: before?.mark.taken_at ?? from, to: after.mark.taken_at };
      const groups = new FlowGroups(group_by, flowMatcher(filter));
      const { site_id, edge_id } = filter;
      await readFlowLogs(storeOf(context), { ...range, site_id, edge_id }, report => groups.add(report));
      const stats = groups.beside(total, { order_by, limit });
      const { edges_expected, edges_heard, taken_at } = after.mark;
      return {
        from: timestamp(range.from),
        to: timestamp(range.to),
        rows: stats.rows.map(row => ({
          protocol: row.protocol ?? null,
          application: (row.application as PresentedFlow['application']) ?? null,
          source_prefix: row.source_prefix ?? null,
          destination_prefix: row.destination_prefix ?? null,
          ...presentCounts(row),
        })),
        other: presentCounts(stats.other),
        other_rows: stats.other.rows,
        unattributed: presentCounts(stats.unattributed),
        total: presentCounts(stats.total),
        completeness: { edges_expected, edges_heard, as_of: timestamp(taken_at) },
      };
    },
  }),
};

function storeOf({ client, tables, clock, deadline }: NetworkContext): FlowLogStore {
  return { client, table: tables.traffic, clock, deadline };
}

/** @throws ValidationError where no flow is kept, or none any more that was sent before `to` */
function checkLogged({ context, flow_log_ttl_hours }: Call, to = context.clock()): void {
  if (flow_log_ttl_hours === 0) {
    throw new ValidationError(
      'This system keeps no flow log (flow_log_ttl_hours is 0): trafficStats has the sums by policy, site, endpoint and edge.',
    );
  }
  const oldest = context.clock() - flow_log_ttl_hours * HOUR_MS;
  if (to > oldest) return;
  throw new ValidationError(
    `Flows are kept for ${flow_log_ttl_hours} hours, now since ${timestamp(oldest)}: ask for a later to.`,
  );
}

function checkOrder(from: number, to: number): void {
  if (from < to) return;
  throw new ValidationError(`from (${timestamp(from)}) must lie before to (${timestamp(to)}).`);
}

function presentTopFlow(flow: TopFlow): PresentedTopFlow {
  const { protocol, src_port, dst_port } = flow;
  return {
    ...flow,
    application: applicationClass(protocol, src_port, dst_port),
    ...presentCounts(flow),
  };
}

function presentFlow(flow: LoggedFlow): PresentedFlow {
  const { protocol, src_port, dst_port } = flow;
  const known = isOtherFlows(flow)
    ? { src: null, src_port: null, dst: null, dst_port: null, protocol: null, application: null }
    : { application: applicationClass(protocol, src_port, dst_port) };
  return { ...flow, ...known, ...presentCounts(flow) };
}
