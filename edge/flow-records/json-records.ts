import { StringDecoder } from 'node:string_decoder';
import { parseRecord } from './record-json.ts';

/** A record of the input, or a problem with one. `line` is its first line, from 1. */
export type JsonRecord =
  | { line: number; value: Record<string, unknown>; text: string; problem?: undefined }
  | { line: number; problem: string; found?: string };

/** Maximum length of a record; no exporter writes longer ones. */
const MAX_RECORD_LENGTH = 256 * 1024;

const REPAIR = { repair: true };
const TOO_LONG = `the record is longer than ${MAX_RECORD_LENGTH} characters`;
const NO_END = 'the object does not end';
/** nfdump writes this into its list if nothing matched. */
const NO_FLOWS = 'No matching flows';
const NO_OBJECT = 'a JSON object was expected';

/** An object over several lines: its text so far, and the depth of its open braces and brackets. */
interface OpenObject {
  line: number;
  parts: string[];
  length: number;
  depth: number;
}

/**
 * Finds the records in the JSON of flow exporters: one object per line, several on a line, or a
 * list of objects over many lines. Each character is examined a fixed number of times for any
 * input. Unreadable parts are reported with their line, and reading continues with the next object.
 */
export class JsonRecords {
  readonly #decoder = new StringDecoder('utf8');
  /** Pieces of the line that has not ended yet. */
  #rest: string[] = [];
  #restLength = 0;
  #line = 0;
  /** The current line is too long: the rest of it is dropped. */
  #dropping = false;
  #open: OpenObject | undefined;
  #found: JsonRecord[] = [];

  /** Reads a piece. @returns the records that end in it */
  feed(chunk: Buffer): JsonRecord[] {
    const text = this.#decoder.write(chunk);
    let at = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      this.#endLine(text.slice(at, end));
      at = end + 1;
    }
    this.#keep(text.slice(at));
    return this.#taken();
  }

  /** Returns the remaining records at the end of the input. */
  end(): JsonRecord[] {
    const last = this.#decoder.end();
    if (this.#restLength > 0 || last !== '' || this.#dropping) this.#endLine(last);
    this.#abandonOpen();
    return this.#taken();
  }

  #taken(): JsonRecord[] {
    const taken = this.#found;
    this.#found = [];
    return taken;
  }

  #keep(piece: string): void {
    if (piece === '' || this.#dropping) return;
    this.#rest.push(piece);
    this.#restLength += piece.length;
    if (this.#restLength > MAX_RECORD_LENGTH) this.#dropLine();
  }

  #dropLine(): void {
    this.#dropping = true;
    this.#rest = [];
    this.#restLength = 0;
    this.#open = undefined;
    this.#found.push({ line: this.#line + 1, problem: TOO_LONG });
  }

  #endLine(piece: string): void {
    if (!this.#dropping && this.#restLength + piece.length > MAX_RECORD_LENGTH) this.#dropLine();
    const dropped = this.#dropping;
    const line = this.#rest.length > 0 ? this.#rest.join('') + piece : piece;
    this.#line++;
    this.#dropping = false;
    if (this.#rest.length > 0) {
      this.#rest = [];
      this.#restLength = 0;
    }
    if (!dropped) this.#take(line);
  }

  #take(line: string): void {
    const { from, to } = withoutFrame(line);
    if (from >= to && !this.#open) return;
    const isWhole = line.charCodeAt(from) === OPEN_BRACE && line.charCodeAt(to - 1) === CLOSE_BRACE;
    // An indented object is part of an open object.
    const isPart = this.#open !== undefined && this.#open.depth > 1 && from > 0;
    if (isWhole && !isPart) {
      const text = to - from === line.length ? line : line.slice(from, to);
      const value = parseRecord(text, REPAIR);
      if (value) {
        this.#abandonOpen();
        this.#found.push({ line: this.#line, value, text });
        return;
      }
    }
    this.#scan(line);
  }

  /**
   * Follows braces and brackets. A string ends at the end of its line at the latest, because
   * exporters don't escape some strings.
   */
  #scan(line: string): void {
    // An object at the start of a line is the next record, unless the open object is in a list of
    // objects.
    if (this.#open?.depth === 1 && firstCharacter(line) === OPEN_BRACE) this.#abandonOpen();
    let start = this.#open ? 0 : -1;
    let inText = false;
    let stray = false;
    for (let at = 0; at < line.length; at++) {
      const code = line.charCodeAt(at);
      if (inText) {
        if (code === BACKSLASH) at++;
        else inText = code !== QUOTE;
        continue;
      }
      if (!this.#open) {
        if (code === OPEN_BRACE) {
          start = at;
          this.#open = { line: this.#line, parts: [], length: 0, depth: 1 };
        } else if (!isFrame(code)) {
          stray = true;
        }
        continue;
      }
      if (code === QUOTE) inText = true;
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) this.#open.depth++;
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (--this.#open.depth > 0) continue;
        this.#found.push(this.#close(line.slice(start, at + 1)));
        start = -1;
      }
    }
    if (this.#open) this.#continue(`${line.slice(start)}\n`);
    if (stray && line.trim() !== NO_FLOWS)
      this.#found.push({ line: this.#line, problem: NO_OBJECT, found: line.slice(0, 200) });
  }

  #close(piece: string): JsonRecord {
    const { line, parts } = this.#open!;
    this.#open = undefined;
    const text = parts.length > 0 ? parts.join('') + piece : piece;
    const value = parseRecord(text, { repair: true });
    return value ? { line, value, text } : { line, problem: NO_OBJECT, found: text.slice(0, 200) };
  }

  #continue(piece: string): void {
    const open = this.#open!;
    open.parts.push(piece);
    open.length += piece.length;
    if (open.length <= MAX_RECORD_LENGTH) return;
    this.#open = undefined;
    this.#found.push({ line: open.line, problem: TOO_LONG });
  }

  #abandonOpen(): void {
    if (this.#open) this.#found.push({ line: this.#open.line, problem: NO_END });
    this.#open = undefined;
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const BYTE_ORDER_MARK = 0xfeff;

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0d || code === 0x09 || code === BYTE_ORDER_MARK;
}

/** Characters that are allowed between the objects of a list. */
function isFrame(code: number): boolean {
  return isBlank(code) || code === COMMA || code === OPEN_BRACKET || code === CLOSE_BRACKET;
}

function firstCharacter(line: string): number {
  let at = 0;
  while (at < line.length && isBlank(line.charCodeAt(at))) at++;
  return line.charCodeAt(at);
}

/** The line without blanks, and without the list's brackets and commas around an object. */
function withoutFrame(line: string): { from: number; to: number } {
  let from = 0;
  let to = line.length;
  while (from < to && isFrame(line.charCodeAt(from))) from++;
  while (to > from && isFrame(line.charCodeAt(to - 1))) to--;
  return { from, to };
}
