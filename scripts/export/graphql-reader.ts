import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import type {
  AuditRow,
  ExportReader,
  FlowRow,
  HistoryRow,
  ReaderPage,
  StatsAnswer,
} from '../../core/export/export-reader.ts';
import {
  type ExportGrouping,
  type ExportRequest,
  endingBy,
  isFlowGrouping,
  isPolicyAlone,
  type SettledRequest,
  settledHistory,
} from '../../core/export/export-request.ts';
import { groupField } from '../../core/export/stats-table.ts';
import { type Range, RESOLUTIONS, type Resolution } from '../../core/history/resolution.ts';
import { timestamp } from '../../core/storage/store-context.ts';

/** The most rows that one answer of the API has. */
const STATS_ROWS = 1000;
const FLOWS_PAGE = 1000;
const AUDIT_PAGE = 100;

const POINTS = `points {
  from at packets_exact bytes_exact estimated_share packets_total_exact bytes_total_exact packets_per_second bits_per_second active_flows
  peak_packets_per_second peak_bits_per_second peak_active_flows gap intervals_missed reset voided
  completeness { edges_expected edges_heard as_of }
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
      id at started_at operation target outcome error_type message request before after
      actor { kind sub username email source_ip groups }
    }
    next_token
  }
}`;

const POLICY_NAMES = `query ($next_token: String) {
  answer: policies(limit: 100, next_token: $next_token, defined_only: true) { items { id name } next_token }
}`;

/** Reads the exported data from a system's GraphQL API. */
export function graphqlReader(client: GraphqlClient): ExportReader {
  return {
    history({ filter, resolution, ...range }) {
      const asked = { ...rangeVariables(range), resolution };
      return isPolicyAlone(filter)
        ? ask<{ points: HistoryRow[] }>(client, POLICY_HISTORY, { ...asked, ...filter })
        : ask<{ points: HistoryRow[] }>(client, TRAFFIC_HISTORY, { ...asked, filter });
    },

    stats: query =>
      ask<StatsAnswer>(client, statsDocument(query.group_by), {
        ...query,
        ...rangeVariables(query),
        limit: STATS_ROWS,
      }),

    flows: query =>
      ask<ReaderPage<FlowRow>>(client, FLOWS, { ...query, ...rangeVariables(query), limit: FLOWS_PAGE }),

    audit: query =>
      ask<ReaderPage<AuditRow>>(client, AUDIT, { ...query, ...rangeVariables(query), limit: AUDIT_PAGE }),

    async policyNames() {
      const names = new Map<string, string>();
      let next_token: string | null = null;
      do {
        const page: ReaderPage<Named> = await ask(client, POLICY_NAMES, { next_token });
        for (const { id, name } of page.items) names.set(id, name);
        next_token = page.next_token;
      } while (next_token !== null);
      return names;
    },

    async siteNames(ids) {
      const sites = ids.map((_, index) => `site${index}: site(id: $id${index}) { id name }`);
      const variables = ids.map((id, index) => [`id${index}`, id]);
      const declared = ids.map((_, index) => `$id${index}: ID!`).join(', ');
      const data = await client.query(
        `query (${declared}) { ${sites.join(' ')} }`,
        Object.fromEntries(variables),
      );
      const found = Object.values(data as Record<string, Named | null>).filter(site => site !== null);
      return new Map(found.map(({ id, name }) => [id, name]));
    },
  };
}

interface Named {
  id: string;
  name: string;
}

/** Runs a document; `Answer` is the type of its selected answer. */
async function ask<Answer>(
  client: GraphqlClient,
  document: string,
  variables: Record<string, unknown>,
): Promise<Answer> {
  const data = await client.query(document, variables);
  return (data as { answer: Answer }).answer;
}

function rangeVariables({ from, to }: Pick<Range, 'from' | 'to'>): { from: string; to: string } {
  return { from: timestamp(from), to: timestamp(to) };
}

const SETTLED = `query { answer: auditLog(limit: 1) { settled_until } }`;

const RANGE = `query ($from: AWSDateTime!, $to: AWSDateTime!, $resolution: Resolution) {
  answer: trafficHistory(from: $from, to: $to, resolution: $resolution) { from to resolution } }`;

/**
 * The request with the system's range, by the system's clock: an audit log ends where it is
 * settled, a history is aligned to the grid of the chosen resolution. The range may have any
 * length: a resolution chosen by the system gives at most about 1,500 points, and for a requested
 * one only the ends are queried.
 */
export async function settleOverApi(client: GraphqlClient, request: ExportRequest): Promise<SettledRequest> {
  if (request.kind === 'AUDIT') {
    const { settled_until } = await ask<{ settled_until: string }>(client, SETTLED, {});
    return endingBy(request, Date.parse(settled_until));
  }
  if (request.kind !== 'HISTORY') return request;
  const { from, to, resolution } = request;
  if (resolution === undefined) return settledHistory(request, await askRange(client, { from, to }));
  const first = await askRange(client, { from, to: Math.min(from + 1, to), resolution });
  // Its last interval has started by the system's clock, but does not end before the end of the
  // range.
  const coarse = await askRange(client, { from, to });
  const lately = coarse.to - RESOLUTIONS[coarse.resolution].ms;
  const last = await askRange(client, { from: Math.max(from, lately), to, resolution });
  return settledHistory(request, { resolution, from: first.from, to: last.to });
}

/** The system's range for the requested one. */
async function askRange(
  client: GraphqlClient,
  { resolution, ...range }: Pick<Range, 'from' | 'to'> & { resolution?: Resolution },
): Promise<Range> {
  type Answer = Record<'from' | 'to', string> & { resolution: Resolution };
  const answer = await ask<Answer>(client, RANGE, { ...rangeVariables(range), resolution });
  return { from: Date.parse(answer.from), to: Date.parse(answer.to), resolution: answer.resolution };
}

function statsDocument(group_by: ExportGrouping): string {
  const ofFlows = isFlowGrouping(group_by);
  const sum = '{ packets_exact bytes_exact }';
  return `query ($group_by: [${ofFlows ? 'FlowGroup' : 'TrafficGroup'}!]!, $from: AWSDateTime!, $to: AWSDateTime!,
      $filter: TrafficFilter, $order_by: TrafficOrder, $limit: Int, $next_token: String) {
    answer: ${ofFlows ? 'flowStats' : 'trafficStats'}(
      group_by: $group_by, from: $from, to: $to, filter: $filter, order_by: $order_by, limit: $limit, next_token: $next_token
    ) {
      from to rows { ${group_by.map(groupField).join(' ')} packets_exact bytes_exact${ofFlows ? '' : ' estimated_share'} }
      other_rows next_token ${ofFlows ? `unattributed ${sum}` : ''} completeness { edges_expected edges_heard }
    }
  }`;
}
