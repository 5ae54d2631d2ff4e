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
  /** The upload that has begun; without it the first part begins one. */
  upload_id?: string | undefined;
  /** @returns the new upload's id */
  beginUpload(): Promise<string>;
  /**
   * A part is uploaded when it is so large: 8 MiB by default, S3 takes 5 MiB and more. Memory holds
   * one, and a page of rows.
   */
  part_bytes?: number | undefined;
}

/** The text of an export on its way to the bucket: rows become text, text becomes parts. */
export class ExportFile<Row> {
  rows = 0;
  /** Of the whole file so far, what is not uploaded yet included. */
  bytes = 0;
  readonly parts: string[] = [];
  upload_id: string | undefined;
  readonly #writer: RowWriter<Row>;
  readonly #options: ExportFileOptions<Row>;
  #pieces: Uint8Array[] = [];
  #pending = 0;

  /**
   * A new file, or one that goes on behind a checkpoint; `tail` is what that left behind its parts.
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

  /** What is not in a part yet. */
  get pending(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  /**
   * Uploads what there is as the next part; nothing where there is nothing. @throws ValidationError
   * for a file of too many parts
   */
  async uploadPart(): Promise<void> {
    if (this.#pending === 0) return;
    if (this.parts.length >= MAX_PARTS) {
      throw new ValidationError(
        'The export is larger than the 80 GB that one file takes: ask for a shorter range, or for less.',
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
