import type { GroupSums, StatsAnswer, StatsRange } from './export-reader.ts';
import { type ExportGroup, type ExportGrouping, trafficFilterOf } from './export-request.ts';
import { columnsOf, type ExportTable } from './export-table.ts';
import type { NamedField } from './name-columns.ts';

const FIELD_OF = {
  POLICY: 'policy_id',
  SITE: 'site_id',
  ENDPOINT: 'endpoint_id',
  EDGE: 'edge_id',
  PROTOCOL: 'protocol',
  APPLICATION: 'application',
  SOURCE_PREFIX: 'source_prefix',
  DESTINATION_PREFIX: 'destination_prefix',
} as const satisfies Record<ExportGroup, keyof GroupSums>;

/** The field of a row with the id of its group. */
export function groupField(group: ExportGroup): (typeof FIELD_OF)[ExportGroup] {
  return FIELD_OF[group];
}

/** Sums of a group, or of traffic that is in no logged flow. */
export type StatsRow = GroupSums & StatsRange & { kind: 'group' | 'unattributed' };

const DEFAULT_GROUPS: ExportGrouping = ['POLICY'];

/** The fields of these groups that have names. */
export function namedGroups(group_by: ExportGrouping = DEFAULT_GROUPS): NamedField[] {
  return group_by.map(groupField).filter(field => field === 'policy_id' || field === 'site_id');
}

/** Rows that become text at the same time. */
const PAGE_ROWS = 10_000;

/**
 * Sums by group in order of size, from the largest on. They add up to the total, including traffic
 * that is in no logged flow. All rows are made from two readings of the lanes, so an interrupted
 * run begins again.
 */
export const statsTable: ExportTable<'STATS', StatsRow> = {
  columns: ({ group_by = DEFAULT_GROUPS }) =>
    columnsOf({
      from_utc: 'from',
      to_utc: 'to',
      kind: 'kind',
      ...Object.fromEntries(group_by.map(group => [FIELD_OF[group], FIELD_OF[group]])),
      packets: 'packets_exact',
      bytes: 'bytes_exact',
      edges_expected: ({ completeness }) => completeness.edges_expected,
      edges_heard: ({ completeness }) => completeness.edges_heard,
    }),

  async *pages(reader, request) {
    const { from, group_by = DEFAULT_GROUPS, order_by = 'BYTES' } = request;
    const filter = trafficFilterOf(request);
    let { to } = request;
    let next_token: string | null = null;
    let given = 0;
    do {
      const answer: StatsAnswer = await reader.stats({ group_by, from, to, filter, order_by, next_token });
      const { rows, other_rows, unattributed } = answer;
      const shared = { from: answer.from, to: answer.to, completeness: answer.completeness };
      given += rows.length;
      const share = given / (given + other_rows);
      for (let index = 0; index < rows.length; index += PAGE_ROWS) {
        const page = rows.slice(index, index + PAGE_ROWS);
        yield { rows: page.map(row => ({ kind: 'group', ...row, ...shared })), share };
      }
      next_token = answer.next_token;
      // The snapshot at the end of the figures. A snapshot that is taken meanwhile must not replace
      // it.
      to = Date.parse(answer.to);
      if (next_token === null && unattributed) {
        yield { rows: [{ kind: 'unattributed', ...unattributed, ...shared }], share: 1 };
      }
    } while (next_token !== null);
  },
};
