import type { FlowConnection, LoggedFlow as PresentedFlow } from '../../graphql/schema.generated.ts';
import { ValidationError } from '../errors.ts';
import { flowMatcher, hostsOf, reportsOf } from '../flows/flow-filter.ts';
import type { LoggedFlow } from '../flows/flow-log-store.ts';
import type { FlowOrder } from '../flows/flow-order.ts';
import { pageFlows } from '../flows/page-flows.ts';
import { applicationClass } from '../policy/application-class.ts';
import { makePageToken, readPageToken } from '../storage/page-token.ts';
import { timestamp } from '../storage/store-context.ts';
import { isOtherFlows } from '../totals/other-flows.ts';
import { type Asking, askedAt, flowLogOf } from './asking.ts';
import { checkKnown } from './check-known.ts';
import { presentCounts } from './present-counts.ts';
import { type AskedFlowFilter, resolveGroups } from './resolve-groups.ts';

const HOUR_MS = 3_600_000;

/** Upper limit of how far the stream's clock is ahead. */
const CLOCK_AHEAD_MS = 60_000;

/** A text in valid JSON. */
const TEXT = String.raw`"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`;

/**
 * A report, by its arrival or by its sort key of the last release, and the number of a flow in it.
 */
const TOKEN_SHAPE = [
  new RegExp(
    String.raw`^(?:@\[\d{1,13},${TEXT},${TEXT},\d{1,16},\d{1,16}\]$|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z[#~])`,
  ),
  /^\d{1,9}$/,
];

/**
 * `flows`: one page. Instants in milliseconds. @throws ValidationError · NotFound for an unknown id
 */
export async function answerFlows(
  asking: Asking,
  {
    filter: asked,
    from,
    to,
    order,
    limit,
    next_token,
  }: {
    filter: AskedFlowFilter;
    from: number;
    to: number;
    order?: FlowOrder | undefined;
    limit: number;
    next_token?: string | null | undefined;
  },
): Promise<FlowConnection> {
  checkOrder(from, to);
  checkLogged(asking, to);
  const position = readPageToken('flows', next_token, TOKEN_SHAPE);
  const now = askedAt(asking);
  const filter = await resolveGroups(asking.context, asked);
  const { flows, next } = await pageFlows(flowLogOf(asking), {
    from,
    to: Math.min(to, now + CLOCK_AHEAD_MS),
    ...reportsOf(filter),
    matches: flowMatcher(filter),
    hosts: hostsOf(filter),
    order,
    limit,
    ...(position && { start: { sk: position[0]!, index: Number(position[1]) } }),
  });
  if (flows.length === 0 && !next && !position) await checkKnown(asking, filter);
  return {
    items: flows.map(presentFlow),
    next_token: next ? makePageToken('flows', [next.sk, String(next.index)]) : null,
  };
}

/** @throws ValidationError for ends in the wrong order */
export function checkOrder(from: number, to: number): void {
  if (from < to) return;
  throw new ValidationError(
    `from (${timestamp(from)}) is not before to (${timestamp(to)}): choose an earlier from or a later to.`,
    {
      arguments: ['from', 'to'],
    },
  );
}

/** @throws ValidationError if no flows are kept, or those before `to` have expired */
export function checkLogged(
  asking: Pick<Asking, 'context' | 'flow_log_ttl_hours' | 'as_of'>,
  to = askedAt(asking),
): void {
  const { flow_log_ttl_hours } = asking;
  if (flow_log_ttl_hours === 0) {
    throw new ValidationError(
      'This system keeps no flow log (flow_log_ttl_hours is 0): trafficStats has the sums by policy, site, endpoint and edge.',
    );
  }
  const oldest = askedAt(asking) - flow_log_ttl_hours * HOUR_MS;
  if (to > oldest) return;
  throw new ValidationError(
    `Flows are kept for ${flow_log_ttl_hours} hours, now since ${timestamp(oldest)}: choose a later value for to.`,
    { arguments: ['to'] },
  );
}

function presentFlow(flow: LoggedFlow): PresentedFlow {
  const { protocol, src_port, dst_port } = flow;
  const known = isOtherFlows(flow)
    ? { src: null, src_port: null, dst: null, dst_port: null, protocol: null, application: null }
    : { application: applicationClass(protocol, src_port, dst_port) };
  return { arrived_at: null, ...flow, ...known, ...presentCounts(flow) };
}
