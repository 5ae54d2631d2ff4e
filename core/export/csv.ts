import type { Cell, Column, RowWriter } from './table.ts';

const LINE_END = '\r\n';

const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/** What a spreadsheet would run: OWASP's list for CSV injection. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/**
 * CSV as RFC 4180 has it: a header, CRLF, quotes doubled; UTF-8. Text that a spreadsheet would take for a formula gets an
 * apostrophe in front; numbers, negative ones too, stay numbers. Null is an empty cell.
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
  const safe = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
