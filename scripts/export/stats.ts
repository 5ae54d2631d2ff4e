import { FLOW_GROUPS } from '../../core/flows/flow-stats.ts';
import { LANE_GROUPS } from '../../core/history/aggregate.ts';
import type { GraphqlClient } from '../../edge/system/graphql-client.ts';
import { type ExportOptions, type ExportSource, fields, type Row, trafficFilter } from './export-source.ts';

/** The most rows that the API gives; the rest comes as one row of kind `other`. */
const MAX_ROWS = 1000;

const FIELD_OF: Record<string, string> = {
  POLICY: 'policy_id',
  SITE: 'site_id',
  ENDPOINT: 'endpoint_id',
  EDGE: 'edge_id',
  PROTOCOL: 'protocol',
  APPLICATION: 'application',
  SOURCE_PREFIX: 'source_prefix',
  DESTINATION_PREFIX: 'destination_prefix',
};

/** What `--by` takes: groups of counters or of flows, not both at once. */
export const STATS_GROUPS: readonly string[] = [...LANE_GROUPS, ...FLOW_GROUPS];

function isFlowGrouping(by: readonly string[]): boolean {
  return by.some(group => (FLOW_GROUPS as readonly string[]).includes(group));
}

export function isMixed(by: readonly string[]): boolean {
  return isFlowGrouping(by) && by.some(group => (LANE_GROUPS as readonly string[]).includes(group));
}

/** Sums by group, largest first; `kind` tells the groups from the rest: group, other, unattributed. They add up to all. */
export const stats: ExportSource = {
  columns: ({ by }) =>
    fields({
      from_utc: 'from',
      to_utc: 'to',
      kind: 'kind',
      ...Object.fromEntries(by.map(group => [FIELD_OF[group], FIELD_OF[group]])),
      packets: 'packets_exact',
      bytes: 'bytes_exact',
      edges_expected: 'completeness.edges_expected',
      edges_heard: 'completeness.edges_heard',
    }),
  async *pages(client, options, progress) {
    const { rows, other, other_rows, unattributed, ...shared } = await ask(client, options);
    progress(1);
    yield [
      ...rows.map((row: Row) => ({ kind: 'group', ...row, ...shared })),
      ...(other_rows > 0 ? [{ kind: 'other', ...other, ...shared }] : []),
      ...(unattributed ? [{ kind: 'unattributed', ...unattributed, ...shared }] : []),
    ];
  },
};

async function ask(client: GraphqlClient, options: ExportOptions): Promise<Row> {
  const { from, to, by, order } = options;
  const ofFlows = isFlowGrouping(by);
  const sum = '{ packets_exact bytes_exact }';
  const document = `query ($by: [${ofFlows ? 'FlowGroup' : 'TrafficGroup'}!]!, $from: AWSDateTime!, $to: AWSDateTime!,
      $filter: TrafficFilter, $order: TrafficOrder, $limit: Int) {
    stats: ${ofFlows ? 'flowStats' : 'trafficStats'}(
      group_by: $by, from: $from, to: $to, filter: $filter, order_by: $order, limit: $limit
    ) {
      from to rows { ${by.map(group => FIELD_OF[group]).join(' ')} packets_exact bytes_exact }
      other ${sum} other_rows ${ofFlows ? `unattributed ${sum}` : ''} completeness { edges_expected edges_heard }
    }
  }`;
  const variables = { by, from, to, filter: trafficFilter(options), order, limit: MAX_ROWS };
  return ((await client.query(document, variables)) as Row).stats;
}
