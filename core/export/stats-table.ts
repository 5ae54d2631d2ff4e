import type { Row } from './export-reader.ts';
import { type ExportGroup, trafficFilterOf } from './export-request.ts';
import { type ExportTable, fields } from './export-table.ts';

const FIELD_OF: Record<ExportGroup, string> = {
  POLICY: 'policy_id',
  SITE: 'site_id',
  ENDPOINT: 'endpoint_id',
  EDGE: 'edge_id',
  PROTOCOL: 'protocol',
  APPLICATION: 'application',
  SOURCE_PREFIX: 'source_prefix',
  DESTINATION_PREFIX: 'destination_prefix',
};

/** The field of a row that a group stands in. */
export function groupField(group: ExportGroup): string {
  return FIELD_OF[group];
}

const DEFAULT_GROUPS: readonly ExportGroup[] = ['POLICY'];

/** Rows that become text at once. */
const PAGE_ROWS = 10_000;

/**
 * Sums by group, largest first; `kind` tells the groups from what no logged flow accounts for: group, unattributed. They add up to
 * all. All of it is made of two readings of the lanes, so a run that is cut off begins anew.
 */
export const statsTable: ExportTable = {
  columns: ({ group_by = DEFAULT_GROUPS }) =>
    fields({
      from_utc: 'from',
      to_utc: 'to',
      kind: 'kind',
      ...Object.fromEntries(group_by.map(group => [FIELD_OF[group], FIELD_OF[group]])),
      packets: 'packets_exact',
      bytes: 'bytes_exact',
      edges_expected: 'completeness.edges_expected',
      edges_heard: 'completeness.edges_heard',
    }),

  async *pages(reader, request) {
    const { from, group_by = DEFAULT_GROUPS, order_by = 'BYTES' } = request;
    const filter = trafficFilterOf(request);
    let { to } = request;
    let next_token: string | null = null;
    let given = 0;
    do {
      const answer = await reader.stats({ group_by, from, to, filter, order_by, next_token });
      const { rows, other, other_rows, unattributed, ...shared } = answer;
      given += rows.length;
      const share = given / (given + other_rows);
      for (let index = 0; index < rows.length; index += PAGE_ROWS) {
        const page = rows.slice(index, index + PAGE_ROWS);
        yield { rows: page.map((row: Row) => ({ kind: 'group', ...row, ...shared })), share };
      }
      next_token = answer.next_token;
      // The snapshot that the figures end with: one that is taken meanwhile must not take its place.
      to = answer.to;
      if (next_token === null && unattributed) {
        yield { rows: [{ kind: 'unattributed', ...unattributed, ...shared }], share: 1 };
      }
    } while (next_token !== null);
  },
};
