import { auditTable } from './audit-table.ts';
import type { AuditRow, FlowRow, HistoryRow } from './export-reader.ts';
import type { ExportKind } from './export-request.ts';
import { columnsOf, type ExportTable } from './export-table.ts';
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

/** The definition of rows and columns, for the command line and for the function. */
const EXPORT_TABLES: { [Kind in ExportKind]: ExportTable<Kind, ExportRow<Kind>> } = {
  HISTORY: historyTable,
  STATS: statsTable,
  FLOWS: flowsTable,
  AUDIT: auditTable,
};

const NAMED_TABLES: { [Kind in ExportKind]: ExportTable<Kind, ExportRow<Kind>> } = {
  ...EXPORT_TABLES,
  HISTORY: withColumns(historyTable, { estimated_share: 'estimated_share', voided: 'voided' }),
  STATS: withColumns(
    withNames(statsTable, ({ group_by }) => namedGroups(group_by)),
    { estimated_share: 'estimated_share' },
  ),
  FLOWS: withNames(flowsTable, () => ['policy_id', 'site_id']),
};

/** The table with additional columns after its own. */
function withColumns<Kind extends ExportKind, Row>(
  table: ExportTable<Kind, Row>,
  cells: Parameters<typeof columnsOf<Row>>[0],
): ExportTable<Kind, Row> {
  return { ...table, columns: request => [...table.columns(request), ...columnsOf<Row>(cells)] };
}

/**
 * The table of a request's kind. `named_columns: false` leaves out the names of ids, the estimated
 * share and the marks of voids, so that an export of an earlier release continues with the columns
 * with which it began.
 */
export function exportTable<Kind extends ExportKind>(
  { kind }: { kind: Kind },
  { named_columns = true }: { named_columns?: boolean } = {},
): ExportTable<Kind, ExportRow<Kind>> {
  return (named_columns ? NAMED_TABLES : EXPORT_TABLES)[kind];
}
