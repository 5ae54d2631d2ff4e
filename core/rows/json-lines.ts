import type { Cell, Column, RowWriter } from './table.ts';

/**
 * JSON Lines: one object per line, LF, UTF-8. Exact figures are text, because they can exceed 2^53.
 */
export function jsonLinesWriter<Row>(columns: readonly Column<Row>[]): RowWriter<Row> {
  return {
    head: () => '',
    row: row =>
      `${JSON.stringify(Object.fromEntries(columns.map(({ name, value }) => [name, jsonValue(value(row))])))}\n`,
  };
}

function jsonValue(value: Cell | undefined): string | number | boolean | null {
  if (typeof value === 'bigint') return String(value);
  return value ?? null;
}
