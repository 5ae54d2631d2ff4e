import { guardFormula } from './csv-formula-guard.ts';
import type { Cell, Column, RowWriter } from './table.ts';

const LINE_END = '\r\n';

const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/**
 * CSV by RFC 4180: a header, CRLF, doubled quotes; UTF-8. Text that a spreadsheet would run as a
 * formula is guarded, see {@link guardFormula}. Null is an empty cell.
 *
 * @example csvWriter([{ name: 'bytes', value: row => row.bytes }]).row({ bytes: 12n }) // '12\r\n'
 */
export function csvWriter<Row>(columns: readonly Column<Row>[]): RowWriter<Row> {
  return {
    head: () => columns.map(({ name }) => csvCell(name)).join(',') + LINE_END,
    row: row => columns.map(({ value }) => csvCell(value(row))).join(',') + LINE_END,
  };
}

/** One cell, quoted where it has to be. */
export function csvCell(value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = guardFormula(value);
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
