import type { ExportFormat } from '../rows/table.ts';
import { timestamp } from '../storage/store-context.ts';
import type { ExportRequest } from './export-request.ts';

const CONTENT_TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
};

/** @example patronus-flows-20260131T110000Z-20260131T120000Z.csv */
export function exportFileName({ kind, format, from, to }: ExportRequest): string {
  return `patronus-${kind.toLowerCase()}-${compact(from)}-${compact(to)}.${format}`;
}

/** The headers of an object's download: its type, and a name for the file. */
export function fileHeaders({ file_name, format }: { file_name: string; format: ExportFormat }): {
  ContentType: string;
  ContentDisposition: string;
} {
  return {
    ContentType: CONTENT_TYPES[format],
    ContentDisposition: `attachment; filename="${file_name}"`,
  };
}

function compact(ms: number): string {
  return `${timestamp(ms).slice(0, 19).replace(/[-:]/g, '')}Z`;
}
