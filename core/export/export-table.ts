import type { Cell, Column } from '../rows/table.ts';
import type { ExportReader } from './export-reader.ts';
import type { ExportFrame, ExportKind, SettledRequest } from './export-request.ts';

/** A kind of export: its columns, and its rows in pages. */
export interface ExportTable<Kind extends ExportKind, Row> {
  columns(request: SettledRequest<Kind>): Column<Row>[];
  /**
   * All rows, each once. `start` is the `position` of an earlier page; the rows after that page
   * follow.
   * @throws what the reader throws
   */
  pages(
    reader: ExportReader,
    request: SettledRequest<Kind>,
    start?: string | null,
  ): AsyncGenerator<ExportPage<Row>>;
}

export interface ExportPage<Row> {
  rows: Row[];
  /** Progress after this page, 0 to 1. */
  share: number;
  /**
   * Where the next page begins, as text to store; undefined if reading can't continue from here and
   * has to begin again.
   */
  position?: string;
}

/** Names of a row's fields whose values are cells. */
type CellField<Row> = {
  [Field in keyof Row]-?: Row[Field] extends Cell | undefined ? Field : never;
}[keyof Row];

/** Columns by name: a field of the row, or a function of the row. */
export function columnsOf<Row>(
  cells: Record<string, CellField<Row> | ((row: Row) => Cell | undefined)>,
): Column<Row>[] {
  return Object.entries(cells).map(([name, cell]) => ({
    name,
    value: typeof cell === 'function' ? cell : row => row[cell] as Cell | undefined,
  }));
}

/** Progress of a list from the newest row on, at a row of this time (RFC 3339), 0 to 1. */
export function shareOf({ from, to }: Pick<ExportFrame, 'from' | 'to'>, time: string | undefined): number {
  if (time === undefined) return 0;
  const share = (to - Date.parse(time)) / (to - from);
  return Math.min(1, Math.max(0, share));
}
