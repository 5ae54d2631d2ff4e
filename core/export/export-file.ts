import { ValidationError } from '../errors.ts';
import { csvWriter } from '../rows/csv.ts';
import { jsonLinesWriter } from '../rows/json-lines.ts';
import type { Column, ExportFormat, RowWriter } from '../rows/table.ts';
import type { ExportFiles } from './export-files.ts';
import type { Checkpoint } from './export-job.ts';

const PART_BYTES = 8 * 1024 * 1024;

const MAX_PARTS = 10_000;

export interface ExportFileOptions<Row> {
  files: ExportFiles;
  columns: readonly Column<Row>[];
  format: ExportFormat;
  object_key: string;
  /** The upload that has begun. Without it, the next part begins one. */
  upload_id?: string | undefined;
  /** @returns the new upload's id */
  beginUpload(): Promise<string>;
  /**
   * Size at which a part is uploaded. Default: 8 MiB; S3 requires at least 5 MiB. Memory holds one
   * part and a page of rows.
   */
  part_bytes?: number | undefined;
}

/** Writes an export to the bucket: turns rows into text, and text into parts. */
export class ExportFile<Row> {
  rows = 0;
  /** Bytes of the file so far, including those that are not uploaded yet. */
  bytes = 0;
  readonly parts: string[] = [];
  upload_id: string | undefined;
  readonly #writer: RowWriter<Row>;
  readonly #options: ExportFileOptions<Row>;
  #pieces: Uint8Array[] = [];
  #pending = 0;

  /**
   * A new file, or one that continues after a checkpoint; `tail` is the checkpoint's text after its
   * parts.
   */
  constructor(options: ExportFileOptions<Row>, checkpoint: Checkpoint, tail: Uint8Array = new Uint8Array()) {
    const { columns, format } = options;
    this.#options = options;
    this.#writer = format === 'csv' ? csvWriter(columns) : jsonLinesWriter(columns);
    this.upload_id = options.upload_id;
    this.rows = checkpoint.rows;
    this.parts.push(...checkpoint.parts);
    this.bytes = checkpoint.bytes - tail.length;
    if (checkpoint.position === null) this.#append(Buffer.from(this.#writer.head()));
    else this.#append(tail);
  }

  add(rows: readonly Row[]): void {
    let text = '';
    for (const row of rows) text += this.#writer.row(row);
    this.rows += rows.length;
    this.#append(Buffer.from(text));
  }

  #append(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#pending += piece.length;
    this.bytes += piece.length;
  }

  /** Whether there is enough for a part. */
  get hasPart(): boolean {
    return this.#pending >= (this.#options.part_bytes ?? PART_BYTES);
  }

  /** Text that is not in a part yet. */
  get pending(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  /**
   * Uploads the pending text as the next part, if there is any.
   * @throws ValidationError for a file of too many parts
   */
  async uploadPart(): Promise<void> {
    if (this.#pending === 0) return;
    if (this.parts.length >= MAX_PARTS) {
      throw new ValidationError(
        'The export is larger than 80 GB, the limit of one file: ask for a shorter range or for less data.',
      );
    }
    const { files, object_key, beginUpload } = this.#options;
    this.upload_id ??= await beginUpload();
    const part = { number: this.parts.length + 1, body: this.pending };
    this.parts.push(await files.uploadPart({ key: object_key, upload_id: this.upload_id, ...part }));
    this.#pieces = [];
    this.#pending = 0;
  }
}
