import { auditTable } from './audit-table.ts';
import type { AuditRow, FlowRow, HistoryRow } from './export-reader.ts';
import type { ExportKind } from './export-request.ts';
import type { ExportTable } from './export-table.ts';
import { flowsTable } from './flows-table.ts';
import { historyTable } from './history-table.ts';
import { type StatsRow, statsTable } from './stats-table.ts';

interface Rows {
  HISTORY: HistoryRow;
  STATS: StatsRow;
  FLOWS: FlowRow;
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

/** The table of a request's kind. */
export function exportTable<Kind extends ExportKind>({
  kind,
}: {
  kind: Kind;
}): ExportTable<Kind, ExportRow<Kind>> {
  return EXPORT_TABLES[kind];
}
