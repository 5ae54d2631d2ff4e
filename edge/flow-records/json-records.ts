import { StringDecoder } from 'node:string_decoder';

/** One record of the input, or what is wrong with one. `line` is where it begins, from 1. */
export type JsonRecord =
  | { line: number; value: Record<string, unknown>; problem?: undefined }
  | { line: number; problem: string };

/** No exporter writes records this long; a longer one is not kept. */
const MAX_RECORD_LENGTH = 256 * 1024;

/**
 * Finds the records in JSON as flow exporters write it: one object a line, or a list of objects over many lines. What
 * can't be read is named with its line, and reading goes on with the next object.
 */
export class JsonRecords {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #line = 0;
  /** The line of input that is being dropped because it is too long, or of an object over several lines. */
  #dropping = false;
  #open: { line: number; text: string } | undefined;

  *feed(chunk: Buffer): Generator<JsonRecord> {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) yield* this.#take(line);
    if (this.#rest.length > MAX_RECORD_LENGTH) {
      if (!this.#dropping) yield { line: this.#line + 1, problem: tooLong };
      this.#dropping = true;
      this.#rest = '';
    }
  }

  *end(): Generator<JsonRecord> {
    const last = this.#rest + this.#decoder.end();
    if (last !== '' || this.#dropping) yield* this.#take(last);
    yield* this.#abandonOpen();
  }

  *#take(raw: string): Generator<JsonRecord> {
    this.#line++;
    if (this.#dropping) {
      this.#dropping = false;
      return;
    }
    const text = raw.trim().replace(/^,\s*|\s*,$/g, '');
    if (text === '') return;
    if (this.#open && !text.startsWith('{')) {
      yield* this.#continue(this.#open, raw, text);
      return;
    }
    yield* this.#abandonOpen();
    if (text === '[' || text === ']') return;
    const bare = text.startsWith('[') && !text.endsWith(']') ? text.slice(1).trim() : text;
    if (bare.startsWith('{') && !/[}\]]$/.test(bare))
      this.#open = { line: this.#line, text: `${raw.slice(raw.indexOf('{'))}\n` };
    else yield* records(bare, this.#line);
  }

  *#continue(open: { line: number; text: string }, raw: string, text: string): Generator<JsonRecord> {
    const closes = /^\}\s*\]?$/.test(text);
    open.text += closes ? '}' : `${raw}\n`;
    if (closes) {
      this.#open = undefined;
      yield* records(open.text, open.line);
    } else if (open.text.length > MAX_RECORD_LENGTH) {
      this.#open = undefined;
      yield { line: open.line, problem: tooLong };
    }
  }

  *#abandonOpen(): Generator<JsonRecord> {
    if (this.#open) yield { line: this.#open.line, problem: 'the object does not end' };
    this.#open = undefined;
  }
}

const tooLong = `the record is longer than ${MAX_RECORD_LENGTH} characters`;

function* records(text: string, line: number): Generator<JsonRecord> {
  const value = parse(text) ?? parse(text.replace(/\]$/, ''));
  const values = Array.isArray(value) ? value : [value];
  for (const item of values) {
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) yield { line, value: item };
    else yield { line, problem: 'a JSON object was expected' };
  }
}

// Counters and nanoseconds may pass 2^53: those keep all their digits as BigInt.
function parse(text: string): unknown {
  try {
    if (!/\d{16}/.test(text)) return JSON.parse(text);
    return JSON.parse(text, exactIntegers);
  } catch {
    return undefined;
  }
}

// TypeScript's library doesn't know the third argument yet: the number as it is written.
function exactIntegers(_: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source ?? '';
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(source)
    ? BigInt(source)
    : value;
}
