import { csvWriter } from '../../core/rows/csv.ts';
import { jsonLinesWriter } from '../../core/rows/json-lines.ts';
import type { Column } from '../../core/rows/table.ts';

export type FileColumn<Row> = Column<Row>;

export type FileFormat = 'csv' | 'json';

const TYPES: Record<FileFormat, string> = { csv: 'text/csv', json: 'application/json' };

/** A table as a file has it: CSV as exports write it, or a JSON list with an object a row. */
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

/** Has the browser save a text as a file. */
export function saveText(name: string, format: FileFormat, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: TYPES[format] }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.${format}`;
  link.click();
  URL.revokeObjectURL(url);
}
