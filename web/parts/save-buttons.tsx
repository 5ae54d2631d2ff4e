import { Button } from './button.tsx';
import { saveFile } from './save-file.ts';
import { type FileColumn, type FileFormat, tableText } from './table-file.ts';

const TYPES: Record<FileFormat, string> = { csv: 'text/csv', json: 'application/json' };

export interface SaveButtonsProps<Row> {
  /** The subject of the file, such as `Throughput by policy`; the file name is derived from it. */
  of: string;
  columns: readonly FileColumn<Row>[];
  /** Undefined: the data is loading. */
  rows: readonly Row[] | undefined;
}

/** Buttons that save a table as a file, with the exact figures. */
export function SaveButtons<Row>({ of, columns, rows }: SaveButtonsProps<Row>) {
  const name = of.toLowerCase().replace(/[^\p{Letter}\p{Number}]+/gu, '-');
  return (
    <div className="panel-actions">
      {(['csv', 'json'] as const).map(format => (
        <Button
          key={format}
          kind="quiet"
          isDisabled={rows === undefined}
          aria-label={`Save ${of} as ${format.toUpperCase()}`}
          onPress={() => saveFile(`${name}.${format}`, TYPES[format], tableText(format, columns, rows ?? []))}
        >
          {format.toUpperCase()}
        </Button>
      ))}
    </div>
  );
}
