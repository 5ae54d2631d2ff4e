import { auditTable } from './audit-table.ts';
import type { ExportKind } from './export-request.ts';
import type { ExportTable } from './export-table.ts';
import { flowsTable } from './flows-table.ts';
import { historyTable } from './history-table.ts';
import { statsTable } from './stats-table.ts';

/** The one definition of rows and columns, for the command line and for the function. */
export const EXPORT_TABLES: Record<ExportKind, ExportTable> = {
  HISTORY: historyTable,
  STATS: statsTable,
  FLOWS: flowsTable,
  AUDIT: auditTable,
};
