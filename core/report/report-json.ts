import { gunzipSync } from 'node:zlib';
import { ReportRejected } from './rejection.ts';
import { REPORT_LIMITS } from './report.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * From this size on, nesting is looked at before parsing: a megabyte of brackets would cost the parser a tenth of a second.
 * What is smaller is parsed in no time, and {@link checkNesting} is asked when anything in it is not as expected.
 */
const NESTING_MATTERS_FROM_BYTES = 16 * 1024;

/** A record's JSON: its bytes and the parsed value. */
export interface ReportJson {
  bytes: Uint8Array;
  value: unknown;
}

/**
 * Reads a record: UTF-8 JSON, or the same gzip-compressed (told by its first two bytes). Never inflates more than the limit.
 *
 * @throws ReportRejected
 */
export function parseReportJson(record: Uint8Array): ReportJson {
  const bytes = inflate(record);
  if (bytes.length > REPORT_LIMITS.maxJsonBytes) {
    throw new ReportRejected('too_large', `${bytes.length} bytes`);
  }
  if (bytes.length >= NESTING_MATTERS_FROM_BYTES) checkNesting(bytes);
  const text = decodeText(bytes);
  try {
    return { bytes, value: JSON.parse(text) };
  } catch (cause) {
    checkNesting(bytes);
    throw new ReportRejected('not_json', firstLine((cause as Error).message), { cause });
  }
}

/** @throws ReportRejected when arrays and objects are nested deeper than the limit */
export function checkNesting(json: Uint8Array): void {
  if (nestingDepth(json, REPORT_LIMITS.maxDepth) > REPORT_LIMITS.maxDepth)
    throw new ReportRejected('too_deep');
}

function inflate(record: Uint8Array): Uint8Array {
  const gzipped = record[0] === 0x1f && record[1] === 0x8b;
  if (!gzipped) return record;
  try {
    return gunzipSync(record, {
      maxOutputLength: REPORT_LIMITS.maxJsonBytes,
      chunkSize: chunkSizeFor(record),
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ReportRejected('too_large', 'gzip-compressed', { cause });
    }
    throw new ReportRejected('bad_gzip', (cause as Error).message, { cause });
  }
}

/**
 * The buffer that inflating begins with. A gzip file ends with its size when inflated: one buffer of that size saves a
 * quarter of the time. It may lie; then more buffers follow.
 */
function chunkSizeFor(gzipped: Uint8Array): number {
  const end = Buffer.from(gzipped.buffer, gzipped.byteOffset, gzipped.byteLength);
  const statedSize = end.length < 18 ? 0 : end.readUInt32LE(end.length - 4);
  return Math.min(Math.max(1024, statedSize + 1), REPORT_LIMITS.maxJsonBytes);
}

function decodeText(json: Uint8Array): string {
  try {
    return utf8.decode(json);
  } catch (cause) {
    throw new ReportRejected('not_utf8', undefined, { cause });
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Deepest nesting of arrays and objects outside of strings; stops counting once it is above `limit`. */
function nestingDepth(json: Uint8Array, limit: number): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]!;
    if (byte === QUOTE) {
      i = endOfString(json, i + 1);
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > deepest) deepest = depth;
      if (depth > limit) return depth;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    }
  }
  return deepest;
}

function endOfString(json: Uint8Array, from: number): number {
  let i = from;
  for (; i < json.length; i++) {
    const byte = json[i]!;
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) i++;
  }
  return i;
}

// V8 quotes the text around the error, which may hold line breaks.
function firstLine(message: string): string {
  return message.split('\n', 1)[0]!.slice(0, 200);
}
