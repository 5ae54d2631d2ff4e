import type { FlowKey } from '../../core/policy/flow-key.ts';
import { parseKnownAddress } from '../../core/policy/ip-address.ts';
import type { FlowCounts } from '../../core/recorder/interval-flows.ts';
import { REPORT_LIMITS } from '../../core/report/report.ts';
import type { InputNotes } from '../counting/input-notes.ts';

/** Traffic of one direction in a record. */
export interface ExportedFlow {
  flow: FlowKey;
  counts: FlowCounts;
}

/**
 * Reads the traffic of an exporter's record: empty if all of it was already counted, undefined if
 * it contains no IP traffic. A reader may keep state between records: call it once per record, and
 * once more with the exact record after InexactCount.
 *
 * @throws RecordProblem, InexactCount
 */
export type ReadRecord = (
  record: Record<string, unknown>,
  now_ms: number,
) => readonly ExportedFlow[] | undefined;

/** Options of the readers of all formats. */
export interface RecordReaderOptions {
  /** Whether sampled records count, scaled; otherwise they are refused. */
  scale_sampled: boolean;
  notes: InputNotes;
}

/** A record that can't be counted; the message says which field and what was expected. */
export class RecordProblem extends Error {
  /** Short text that problems of the same kind have in common. */
  readonly kind: string;

  constructor(kind: string, message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * A counter has more digits than a number can represent: the record must be parsed exactly and read
 * again.
 */
export class InexactCount extends Error {}

/** A counter: a whole number, as JSON number or as text. */
export function countField(record: Record<string, unknown>, name: string): bigint {
  const value = record[name];
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && value >= 0) return BigInt(value);
    if (Number.isInteger(value) && value > 0) throw new InexactCount();
  } else if (typeof value === 'bigint') {
    if (value >= 0n && value <= REPORT_LIMITS.maxCount) return value;
  } else if (typeof value === 'string' && /^\d{1,19}$/.test(value)) {
    const count = BigInt(value);
    if (count <= REPORT_LIMITS.maxCount) return count;
  }
  throw badField(name, value, 'a whole number from 0 to 2^63 − 1');
}

/** The same; 0 if the record has none. */
export function optionalCount(record: Record<string, unknown>, name: string): bigint {
  return record[name] === undefined ? 0n : countField(record, name);
}

/** A port; 0 if the record has none. */
export function portField(record: Record<string, unknown>, name: string): number {
  const value = record[name] ?? 0;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65535) return value as number;
  throw badField(name, value, 'a whole number from 0 to 65535');
}

/** A protocol number. */
export function protocolField(record: Record<string, unknown>, name: string): number {
  const value = record[name];
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255) return value as number;
  throw badField(name, value, 'a protocol number from 0 to 255');
}

/** The flow's two addresses, of one family. */
export function addressFields(record: Record<string, unknown>, names: { src: string; dst: string }) {
  const src = addressField(record, names.src);
  const dst = addressField(record, names.dst);
  if (familyOf(src) === familyOf(dst)) return { src, dst };
  throw new RecordProblem(
    'addresses of two IP versions',
    `${names.src} and ${names.dst} are not of the same IP version`,
  );
}

export function badField(name: string, value: unknown, expected: string): RecordProblem {
  return new RecordProblem(`bad ${name}`, `${name} ${shown(value)}; ${expected} was expected`);
}

function addressField(record: Record<string, unknown>, name: string): string {
  const text = record[name];
  if (typeof text === 'string' && familyOf(text) !== undefined) return text;
  throw badField(name, text, 'an IPv4 or IPv6 address');
}

function familyOf(text: string): 4 | 6 | undefined {
  return parseKnownAddress(text)?.family;
}

function shown(value: unknown): string {
  if (value === undefined) return 'is missing';
  return `is ${typeof value === 'bigint' ? value : JSON.stringify(value).slice(0, 60)}`;
}
