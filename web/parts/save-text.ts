import type { FileFormat } from './table-file.ts';

const TYPES: Record<FileFormat, string> = { csv: 'text/csv', json: 'application/json' };

/** Has the browser save a text as a file. */
export function saveText(name: string, format: FileFormat, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: TYPES[format] }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.${format}`;
  link.click();
  URL.revokeObjectURL(url);
}
