import { isAscii } from 'node:buffer';
import { inflate } from './inflate-record.ts';
import { checkStructure } from './json-structure.ts';
import { ReportRejected } from './rejection.ts';
import { REPORT_LIMITS } from './report.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * From this size on, the structure is checked before parsing: objects of many shapes cost the
 * parser ten times as much as a report. Smaller records are parsed quickly, and {@link
 * checkStructure} is called if they are not as expected.
 */
const STRUCTURE_MATTERS_FROM_BYTES = 16 * 1024;

/** A record's JSON: its bytes and the parsed value. */
export interface ReportJson {
  bytes: Uint8Array;
  value: unknown;
}

/**
 * Reads a record: UTF-8 JSON, or the same gzip-compressed, which its magic number shows. Inflated
 * data is limited.
 *
 * @throws ReportRejected
 */
export function parseReportJson(record: Uint8Array): ReportJson {
  const bytes = inflate(record);
  if (bytes.length > REPORT_LIMITS.maxJsonBytes) {
    throw new ReportRejected('too_large', `${bytes.length} bytes`);
  }
  if (bytes.length >= STRUCTURE_MATTERS_FROM_BYTES) checkStructure(bytes);
  const text = decodeText(bytes);
  try {
    return { bytes, value: JSON.parse(text) };
  } catch (cause) {
    checkStructure(bytes);
    throw new ReportRejected('not_json', firstLine((cause as Error).message), { cause });
  }
}

function decodeText(json: Uint8Array): string {
  if (isAscii(json)) return Buffer.from(json.buffer, json.byteOffset, json.length).toString('latin1');
  try {
    return utf8.decode(json);
  } catch (cause) {
    throw new ReportRejected('not_utf8', undefined, { cause });
  }
}

// V8 quotes the text around the error, which may hold line breaks.
function firstLine(message: string): string {
  return message.split('\n', 1)[0]!.slice(0, 200);
}
