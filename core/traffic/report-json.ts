import { gunzipSync } from 'node:zlib';
import { ReportRejected } from './rejection.ts';
import { REPORT_LIMITS } from './report.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON value in a record: UTF-8 JSON, or the same gzip-compressed (told by its first two bytes). Never inflates more
 * than the limit and never parses what is nested too deep.
 *
 * @throws ReportRejected
 */
export function parseReportJson(record: Uint8Array): unknown {
  const json = inflate(record);
  if (json.length > REPORT_LIMITS.maxJsonBytes) {
    throw new ReportRejected('too_large', `${json.length} bytes`);
  }
  const depth = nestingDepth(json, REPORT_LIMITS.maxDepth);
  if (depth > REPORT_LIMITS.maxDepth) throw new ReportRejected('too_deep');
  const text = decodeText(json);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ReportRejected('not_json', firstLine((cause as Error).message), { cause });
  }
}

function inflate(record: Uint8Array): Uint8Array {
  const gzipped = record[0] === 0x1f && record[1] === 0x8b;
  if (!gzipped) return record;
  try {
    return gunzipSync(record, { maxOutputLength: REPORT_LIMITS.maxJsonBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ReportRejected('too_large', 'gzip-compressed', { cause });
    }
    throw new ReportRejected('bad_gzip', (cause as Error).message, { cause });
  }
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
