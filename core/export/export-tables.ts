import { auditTable } from './audit-table.ts';
import type { AuditRow, FlowRow, HistoryRow } from './export-reader.ts';
import type { ExportKind } from './export-request.ts';
import type { ExportTable } from './export-table.ts';
import { flowsTable } from './flows-table.ts';
import { historyTable } from './history-table.ts';
import { type Named, withNames } from './name-columns.ts';
import { namedGroups, type StatsRow, statsTable } from './stats-table.ts';

interface Rows {
  HISTORY: HistoryRow;
  STATS: Named<StatsRow>;
  FLOWS: Named<FlowRow>;
  AUDIT: AuditRow;
}

/** A row of an export. */
export type ExportRow<Kind extends ExportKind = ExportKind> = Rows[Kind];

/** The one definition of rows and columns, for the command line and for the function. */
const EXPORT_TABLES: { [Kind in ExportKind]: ExportTable<Kind, ExportRow<Kind>> } = {
  HISTORY: historyTable,
  STATS: statsTable,
  FLOWS: flowsTable,
  AUDIT: auditTable,
};

const NAMED_TABLES: { [Kind in ExportKind]: ExportTable<Kind, ExportRow<Kind>> } = {
  ...EXPORT_TABLES,
  HISTORY: withShare(historyTable),
  STATS: withShare(withNames(statsTable, ({ group_by }) => namedGroups(group_by))),
  FLOWS: withNames(flowsTable, () => ['policy_id', 'site_id']),
};

/** The table with the share of bytes that is estimated as its last column. */
function withShare<Kind extends ExportKind, Row extends { estimated_share?: number | null }>(
  table: ExportTable<Kind, Row>,
): ExportTable<Kind, Row> {
  const share = { name: 'estimated_share', value: ({ estimated_share }: Row) => estimated_share };
  return { ...table, columns: request => [...table.columns(request), share] };
}

/**
 * The table of a request's kind. `named_columns: false` leaves out the names of ids and the estimated share: exports that the release
 * before them began go on with the columns that they began with.
 */
export function exportTable<Kind extends ExportKind>(
  { kind }: { kind: Kind },
  { named_columns = true }: { named_columns?: boolean } = {},
): ExportTable<Kind, ExportRow<Kind>> {
  return (named_columns ? NAMED_TABLES : EXPORT_TABLES)[kind];
}
