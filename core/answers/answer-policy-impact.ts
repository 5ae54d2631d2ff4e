import type { ImpactGap, PolicyImpact, MovedFlow as PresentedFlow } from '../../graphql/schema.generated.ts';
import { MovedFlows, type MovedTraffic } from '../flows/moved-flows.ts';
import { readFlowLogs } from '../flows/read-flow-logs.ts';
import { ALL_TRAFFIC } from '../history/history-keys.ts';
import type { HistoryPoint } from '../history/points/points.ts';
import { readPolicyHistory } from '../history/points/read-history.ts';
import { resolveRange } from '../history/resolution.ts';
import { type DraftedPolicies, policyNames } from '../inventory/policies/policy-draft.ts';
import { applicationClass } from '../policy/application-class.ts';
import { timestamp } from '../storage/store-context.ts';
import { type Asking, askedAt, flowLogOf } from './asking.ts';
import { presentCompleteness } from './present-completeness.ts';
import { presentCounts, presentSum, presentUnknown } from './present-counts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Upper limit of the moves in an answer, with two names each. A draft exceeds it if it affects
 * hundreds of policies.
 */
const MAX_MOVES = 500;

export interface AskedImpact {
  policies: DraftedPolicies & { draft_id: string };
  window_minutes: number;
  /** Upper limit of the largest flows in the answer. */
  limit: number;
  /** Whether the flow log has networks instead of hosts. */
  hosts_masked: boolean;
}

/**
 * `policyImpact`: which traffic of the last minutes another policy would have matched. @throws
 * ValidationError for more flows than one request can read
 */
export async function answerPolicyImpact(asking: Asking, asked: AskedImpact): Promise<PolicyImpact> {
  const { policies, window_minutes, limit } = asked;
  const now = askedAt(asking);
  const counted = await readCounted(asking, { from: now - window_minutes * MINUTE_MS, to: now });
  const logged = asking.flow_log_ttl_hours > 0;
  const flows = new MovedFlows({
    before: policies.saved,
    after: policies.drafted,
    policy_id: policies.draft_id,
  });
  if (logged) await readFlowLogs(flowLogOf(asking), counted, report => flows.add(report));
  const traffic = logged ? flows.result(limit) : undefined;
  const judged_share = traffic && counted.total ? shareOf(traffic.judged, counted.total) : null;
  return {
    from: timestamp(counted.from),
    to: timestamp(counted.to),
    policies_version: String(policies.version),
    ...presentMoved(traffic, policies),
    judged: traffic ? presentUnknown(traffic.judged) : null,
    total: counted.total ? presentSum(counted.total) : null,
    judged_share,
    completeness: counted.last?.completeness ? presentCompleteness(counted.last.completeness) : null,
    gaps: gapsOf(asking, { ...asked, counted, judged_share }),
  };
}

/** The counts of a range over all policies. */
interface Counted {
  /** The range of the figures, which ends with the last counted minute. */
  from: number;
  to: number;
  total: { packets: bigint; bytes: bigint; estimated_bytes: bigint } | undefined;
  last: HistoryPoint | undefined;
}

async function readCounted(
  { context: { client, tables }, retention, ...asking }: Asking,
  asked: { from: number; to: number },
): Promise<Counted> {
  const now = asking.as_of ?? asked.to;
  const range = resolveRange({ ...asked, resolution: 'MINUTE', now, retention });
  const store = { client, table: tables.traffic };
  const history = await readPolicyHistory(store, { policy_id: ALL_TRAFFIC, range, now, retention });
  const last = history.points.findLast(({ gap }) => !gap);
  if (!last) return { ...asked, total: undefined, last };
  return { from: range.from, to: last.at, total: history, last };
}

function presentMoved(
  traffic: MovedTraffic | undefined,
  policies: DraftedPolicies,
): Pick<PolicyImpact, 'moved' | 'moved_flows' | 'moves' | 'moves_total' | 'largest'> {
  if (!traffic) return { moved: null, moved_flows: null, moves: [], moves_total: 0, largest: [] };
  const nameOf = policyNames(policies);
  return {
    moved: presentUnknown(traffic.moved),
    moved_flows: traffic.moved.flows,
    moves_total: traffic.moves.length,
    moves: traffic.moves.slice(0, MAX_MOVES).map(({ from, to, flows, ...sum }) => ({
      ...{ from: nameOf(from), to: nameOf(to), flows },
      ...presentCounts(sum),
    })),
    largest: traffic.largest.map(
      ({ from, to, packets, bytes, ...flow }): PresentedFlow => ({
        ...flow,
        application: applicationClass(flow.protocol, flow.src_port, flow.dst_port),
        ...presentCounts({ packets, bytes }),
        from: nameOf(from),
        to: nameOf(to),
      }),
    ),
  };
}

/**
 * The share of the bytes, 0 to 1; null without bytes. It is at most 1, because the minutes of the
 * log and of the counters may differ by seconds.
 */
function shareOf(part: { bytes: bigint }, whole: { bytes: bigint }): number | null {
  if (whole.bytes <= 0n) return null;
  return part.bytes >= whole.bytes ? 1 : Number(part.bytes) / Number(whole.bytes);
}

/** The reasons why the figures may be incomplete, each a sentence. */
function gapsOf(
  asking: Asking,
  {
    window_minutes,
    hosts_masked,
    counted,
    judged_share,
  }: AskedImpact & { counted: Counted; judged_share: number | null },
): ImpactGap[] {
  const gaps: ImpactGap[] = [];
  const { flow_log_ttl_hours } = asking;
  const { total, last } = counted;
  if (flow_log_ttl_hours === 0) {
    gaps.push({
      kind: 'FLOW_LOG_OFF',
      message: 'No flows are logged, so it is not known which traffic would move.',
    });
  } else if (flow_log_ttl_hours * HOUR_MS < window_minutes * MINUTE_MS) {
    const message = `Flows are kept for ${flow_log_ttl_hours} hours: older ones of the window are missing.`;
    gaps.push({ kind: 'FLOWS_EXPIRED', message });
  }
  if (flow_log_ttl_hours > 0 && hosts_masked) {
    const message =
      'The flow log has networks instead of hosts: conditions on networks longer than /24 (IPv6: /56) are checked against the first address of these networks.';
    gaps.push({ kind: 'HOSTS_MASKED', message });
  }
  if (!total) {
    const message = 'No snapshot was taken in the window, so its counts are not known.';
    gaps.push({ kind: 'NO_SNAPSHOT', message });
  }
  if (judged_share !== null && judged_share < 1) {
    const message =
      'Edges list their largest flows: it is not known whether the rest of the traffic would move.';
    gaps.push({ kind: 'UNLISTED_FLOWS', message });
  }
  if (total && total.estimated_bytes > 0n) {
    gaps.push({ kind: 'SAMPLED', message: 'Some edges sample packets: their figures are scaled estimates.' });
  }
  const silent = last?.completeness && last.completeness.edges_expected - last.completeness.edges_heard;
  if (silent) {
    const message = `${silent} of ${last.completeness!.edges_expected} edges are silent: what passes them is missing.`;
    gaps.push({ kind: 'EDGES_SILENT', message });
  }
  return gaps;
}
