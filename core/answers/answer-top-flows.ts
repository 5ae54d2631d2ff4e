import type { TopFlow as PresentedTopFlow, TopFlows } from '../../graphql/schema.generated.ts';
import { ValidationError } from '../errors.ts';
import { filterOfIds, flowMatcher, reportsOf } from '../flows/flow-filter.ts';
import { readFlowLogs } from '../flows/read-flow-logs.ts';
import { FlowSums, type TopFlow } from '../flows/top-flows.ts';
import type { Order } from '../history/aggregate.ts';
import { applicationClass } from '../policy/application-class.ts';
import { timestamp } from '../storage/store-context.ts';
import { checkLogged, checkOrder } from './answer-flows.ts';
import { type Asking, flowLogOf } from './asking.ts';
import { checkKnown } from './check-known.ts';
import { presentCounts, presentUnknown } from './present-counts.ts';
import { type AskedFlowFilter, resolveGroups } from './resolve-groups.ts';

const MINUTE_MS = 60_000;
const DEFAULT_WINDOW = 5;

/** Upper limit of the hours of the log that one answer reads. */
const MAX_LOG_HOURS = 48;

/** A range: minutes up to now, or two instants in milliseconds. */
interface AskedRange {
  window?: number | undefined;
  from?: number | undefined;
  to?: number | undefined;
}

interface AskedTopFlows extends AskedRange {
  policy_id?: string | undefined;
  site_id?: string | undefined;
  filter?: AskedFlowFilter | undefined;
  order_by: Order;
  limit: number;
}

/** Length of the range, milliseconds. */
export function lengthOf({ window = DEFAULT_WINDOW, from, to }: AskedRange): number {
  return from === undefined || to === undefined ? window * MINUTE_MS : to - from;
}

/** `topFlows`. @throws ValidationError · NotFound for an unknown id */
export async function answerTopFlows(asking: Asking, asked: AskedTopFlows): Promise<TopFlows> {
  const { from, to } = rangeOf(asked, asking.context.clock());
  checkLogged(asking, to);
  const filter = await resolveGroups(asking.context, filterOf(asked));
  const sums = new FlowSums(flowMatcher(filter));
  await readFlowLogs(flowLogOf(asking), { from, to, ...reportsOf(filter) }, report => sums.add(report));
  const { flows, other, total, distinct, reports } = sums.largest(asked.limit, asked.order_by);
  if (total.packets === 0n) await checkKnown(asking, filter);
  return {
    from: timestamp(from),
    to: timestamp(to),
    flows: flows.map(presentTopFlow),
    other: presentUnknown(other),
    total: presentUnknown(total),
    flows_seen: distinct,
    reports,
  };
}

function rangeOf({ window, from, to }: AskedRange, now: number): { from: number; to: number } {
  if (from === undefined && to === undefined) return { from: now - lengthOf({ window }), to: now };
  if (from === undefined || to === undefined || window !== undefined) {
    throw new ValidationError('Give a range by window, or by from and to together.', {
      arguments: ['window', 'from', 'to'],
    });
  }
  checkOrder(from, to);
  if (to - from <= MAX_LOG_HOURS * 60 * MINUTE_MS) return { from, to };
  throw new ValidationError(`from and to must be at most ${MAX_LOG_HOURS} hours apart.`, {
    arguments: ['from', 'to'],
  });
}

function filterOf({ policy_id, site_id, filter }: AskedTopFlows): AskedFlowFilter {
  if (filter && (policy_id !== undefined || site_id !== undefined)) {
    throw new ValidationError('policy_id and site_id exclude filter: put them into filter.', {
      arguments: ['policy_id', 'site_id'],
    });
  }
  return filter ?? filterOfIds({ policy_id, site_id });
}

function presentTopFlow(flow: TopFlow): PresentedTopFlow {
  const { protocol, src_port, dst_port } = flow;
  return { ...flow, application: applicationClass(protocol, src_port, dst_port), ...presentCounts(flow) };
}
