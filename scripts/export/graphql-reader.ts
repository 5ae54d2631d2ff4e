import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import type { ExportReader, Row } from '../../core/export/export-reader.ts';
import { type ExportRequest, isFlowGrouping } from '../../core/export/export-request.ts';
import { groupField } from '../../core/export/stats-table.ts';
import { RESOLUTIONS, type Resolution } from '../../core/history/resolution.ts';

/** The most rows that the API gives at once. */
const STATS_ROWS = 1000;
const FLOWS_PAGE = 1000;
const AUDIT_PAGE = 100;

const POINTS = `points {
  from at packets_exact bytes_exact packets_total_exact bytes_total_exact packets_per_second bits_per_second active_flows
  peak_packets_per_second peak_bits_per_second peak_active_flows gap intervals_missed reset
  completeness { edges_expected edges_heard }
}`;

const POLICY_HISTORY = `query ($policy_id: ID!, $from: AWSDateTime!, $to: AWSDateTime!, $resolution: Resolution) {
  answer: policyHistory(policy_id: $policy_id, from: $from, to: $to, resolution: $resolution) { ${POINTS} } }`;

const TRAFFIC_HISTORY = `query ($filter: TrafficFilter, $from: AWSDateTime!, $to: AWSDateTime!, $resolution: Resolution) {
  answer: trafficHistory(filter: $filter, from: $from, to: $to, resolution: $resolution) { ${POINTS} } }`;

const FLOWS = `query ($filter: FlowFilter, $from: AWSDateTime!, $to: AWSDateTime!, $limit: Int, $next_token: String) {
  answer: flows(filter: $filter, from: $from, to: $to, limit: $limit, next_token: $next_token) {
    items {
      sent_at interval_s edge_id site_id endpoint_id policy_id src src_port dst dst_port protocol application packets_exact bytes_exact
      first last
    }
    next_token
  }
}`;

const AUDIT = `query ($from: AWSDateTime, $to: AWSDateTime, $actor: String, $action: String, $target: String, $limit: Int,
    $next_token: String) {
  answer: auditLog(from: $from, to: $to, actor: $actor, action: $action, target: $target, limit: $limit, next_token: $next_token) {
    items {
      id at operation target outcome error_type message request before after
      actor { kind sub username email source_ip groups }
    }
    next_token
  }
}`;

/** Reads what is exported from a system's GraphQL API. */
export function graphqlReader(client: GraphqlClient): ExportReader {
  const ask = async (document: string, variables: Record<string, unknown>): Promise<Row> =>
    ((await client.query(document, variables)) as Row).answer;
  return {
    history({ from, to, resolution, ...filter }) {
      const { policy_id } = filter;
      const range = { from, to, resolution };
      return policy_id !== undefined && Object.keys(filter).length === 1
        ? ask(POLICY_HISTORY, { ...range, policy_id })
        : ask(TRAFFIC_HISTORY, { ...range, filter });
    },
    stats: request => ask(statsDocument(request.group_by), { ...request, limit: STATS_ROWS }),
    flows: request => ask(FLOWS, { ...request, limit: FLOWS_PAGE }),
    audit: request => ask(AUDIT, { ...request, limit: AUDIT_PAGE }),
  };
}

const RANGE = `query ($from: AWSDateTime!, $to: AWSDateTime!, $resolution: Resolution) {
  answer: trafficHistory(from: $from, to: $to, resolution: $resolution) { from to resolution } }`;

/**
 * The request with a history's range as the system takes it, by its clock: on the grid, the resolution chosen. The range may be of any
 * length: a resolution that the system chooses gives some 1,500 points at most, and of one that was asked for only the ends are looked at.
 */
export async function settleOverApi(client: GraphqlClient, request: ExportRequest): Promise<ExportRequest> {
  if (request.kind !== 'HISTORY') return request;
  const ask = async (range: Partial<ExportRequest>): Promise<SettledRange> =>
    ((await client.query(RANGE, range)) as Row).answer;
  const { from, to, resolution } = request;
  if (resolution === undefined) return { ...request, ...(await ask({ from, to })) };
  const start = Date.parse(from);
  const first = await ask({ from, to: iso(Math.min(start + 1, Date.parse(to))), resolution });
  // Its last interval has begun by the system's clock, and isn't over at the end of the range.
  const coarse = await ask({ from, to });
  const lately = Date.parse(coarse.to) - RESOLUTIONS[coarse.resolution].ms;
  const last = await ask({ from: iso(Math.max(start, lately)), to, resolution });
  return { ...request, resolution, from: first.from, to: last.to };
}

type SettledRange = Pick<ExportRequest, 'from' | 'to'> & { resolution: Resolution };

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function statsDocument(group_by: Parameters<ExportReader['stats']>[0]['group_by']): string {
  const ofFlows = isFlowGrouping(group_by);
  const sum = '{ packets_exact bytes_exact }';
  return `query ($group_by: [${ofFlows ? 'FlowGroup' : 'TrafficGroup'}!]!, $from: AWSDateTime!, $to: AWSDateTime!,
      $filter: TrafficFilter, $order_by: TrafficOrder, $limit: Int, $next_token: String) {
    answer: ${ofFlows ? 'flowStats' : 'trafficStats'}(
      group_by: $group_by, from: $from, to: $to, filter: $filter, order_by: $order_by, limit: $limit, next_token: $next_token
    ) {
      from to rows { ${group_by.map(groupField).join(' ')} packets_exact bytes_exact }
      other ${sum} other_rows next_token ${ofFlows ? `unattributed ${sum}` : ''} completeness { edges_expected edges_heard }
    }
  }`;
}
