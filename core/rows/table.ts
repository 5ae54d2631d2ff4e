/** A cell as it is exported: BigInt and text for exact figures, null for missing values. */
export type Cell = string | number | bigint | boolean | null;

/**
 * One column; its name carries the unit (`latency_ms`, `at_utc`; `bytes` and `packets` are their
 * own).
 */
export interface Column<Row> {
  name: string;
  value(row: Row): Cell | undefined;
}

export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Turns rows into the text of a file, piece by piece. */
export interface RowWriter<Row> {
  /** The beginning of the file; may be empty. */
  head(): string;
  /** One row with its line end. */
  row(row: Row): string;
}
