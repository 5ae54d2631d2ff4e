import { createWriteStream, type WriteStream } from 'node:fs';

/** Writes events to a file, one JSON object a line, with the time since the beginning. */
export class EventLog {
  readonly file: string;
  readonly #stream: WriteStream;
  readonly #began = performance.now();

  constructor(file: string) {
    this.file = file;
    this.#stream = createWriteStream(file);
  }

  /** Since the beginning. */
  get elapsed_ms(): number {
    return Math.round(performance.now() - this.#began);
  }

  write(event: string, details: object = {}): void {
    this.#stream.write(`${JSON.stringify({ at_ms: this.elapsed_ms, event, ...details })}\n`);
  }

  close(): Promise<void> {
    return new Promise(resolve => this.#stream.end(resolve));
  }
}
