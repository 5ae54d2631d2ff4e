import { csvWriter } from '../rows/csv.ts';
import { jsonLinesWriter } from '../rows/json-lines.ts';
import type { Column, ExportFormat } from '../rows/table.ts';

/**
 * Approximate length of a piece of text. A piece for each row would cost more than the rows.
 */
const PIECE_CHARACTERS = 64 * 1024;

/**
 * The text of an export in pieces. Memory holds a piece and a page of rows, for exports of any
 * length.
 */
export async function* exportText<Row>(
  pages: AsyncIterable<readonly Row[]>,
  { columns, format }: { columns: readonly Column<Row>[]; format: ExportFormat },
): AsyncGenerator<string, void> {
  const writer = format === 'csv' ? csvWriter(columns) : jsonLinesWriter(columns);
  let piece = writer.head();
  for await (const page of pages) {
    for (const row of page) {
      piece += writer.row(row);
      if (piece.length < PIECE_CHARACTERS) continue;
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}
