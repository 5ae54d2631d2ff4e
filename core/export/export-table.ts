import type { ExportReader, Row } from './export-reader.ts';
import type { ExportRequest } from './export-request.ts';
import type { Column } from './table.ts';

/** Something that can be exported: its columns, and its rows page by page. */
export interface ExportTable {
  columns(request: ExportRequest): Column<Row>[];
  /**
   * All rows, each once. `start` is the `position` of an earlier page: rows go on behind that page.
   * @throws what the reader throws
   */
  pages(reader: ExportReader, request: ExportRequest, start?: string | null): AsyncGenerator<ExportPage>;
}

export interface ExportPage {
  rows: Row[];
  /** How far it has come with this page, 0 to 1. */
  share: number;
  /** Where the next page begins; undefined where reading can't go on from here, only from the beginning. */
  position?: string;
}

/** Columns named as the fields they are taken from, or as said. */
export function fields(names: Record<string, string>): Column<Row>[] {
  return Object.entries(names).map(([name, path]) => {
    const steps = path.split('.');
    const [step] = steps as [string];
    if (steps.length === 1) return { name, value: row => row[step] };
    return { name, value: row => steps.reduce((value, step) => value?.[step], row) };
  });
}

/** How far back a list that is newest first has come with a row of this time, 0 to 1. */
export function shareOf({ from, to }: ExportRequest, time: string | undefined): number {
  if (time === undefined) return 0;
  const share = (Date.parse(to) - Date.parse(time)) / (Date.parse(to) - Date.parse(from));
  return Math.min(1, Math.max(0, share));
}
