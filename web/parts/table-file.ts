import { csvWriter } from '../../core/rows/csv.ts';
import { jsonLinesWriter } from '../../core/rows/json-lines.ts';
import type { Column } from '../../core/rows/table.ts';

export type FileColumn<Row> = Column<Row>;

export type FileFormat = 'csv' | 'json';

/**
 * A table as the text of a file: CSV in the format of exports, or a JSON list with an object for
 * each row.
 */
export function tableText<Row>(
  format: FileFormat,
  columns: readonly FileColumn<Row>[],
  rows: readonly Row[],
): string {
  if (format === 'csv') {
    const { head, row } = csvWriter(columns);
    return head() + rows.map(row).join('');
  }
  const { row } = jsonLinesWriter(columns);
  return `[\n${rows.map(each => row(each).trimEnd()).join(',\n')}\n]\n`;
}
