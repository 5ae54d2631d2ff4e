import type { FlowKey } from '../../core/policy/flow-key.ts';
import { parseAddress } from '../../core/policy/ip-address.ts';
import type { FlowCounts } from '../../core/recorder/recorder.ts';
import { REPORT_LIMITS } from '../../core/report/report.ts';

/** An exporter's record of a one-way flow; undefined for a record of something that is no IP traffic. */
export type ReadRecord = (record: Record<string, unknown>, now_ms: number) => ExportedFlow | undefined;

interface ExportedFlow {
  flow: FlowKey;
  counts: FlowCounts;
}

/** A record that can't be counted; the message says which field and what was expected. */
export class RecordProblem extends Error {}

/** A counter: a whole number, as JSON number or as text. */
function countField(record: Record<string, unknown>, name: string): bigint {
  const value = record[name];
  const isCount =
    typeof value === 'bigint' ||
    Number.isInteger(value) ||
    (typeof value === 'string' && /^\d{1,19}$/.test(value));
  const count = isCount ? BigInt(value as bigint | number | string) : -1n;
  if (count >= 0n && count <= REPORT_LIMITS.maxCount) return count;
  throw new RecordProblem(`${name} ${shown(value)}; a whole number from 0 to 2^63 − 1 was expected`);
}

/** A port; 0 where the record has none. */
export function portField(record: Record<string, unknown>, name: string): number {
  const value = record[name] ?? 0;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65535) return value as number;
  throw new RecordProblem(`${name} ${shown(value)}; a whole number from 0 to 65535 was expected`);
}

/** A protocol number. */
export function protocolField(record: Record<string, unknown>, name: string): number {
  const value = record[name];
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255) return value as number;
  throw new RecordProblem(`${name} ${shown(value)}; a protocol number from 0 to 255 was expected`);
}

/** The flow's two addresses, of one family. */
export function addressFields(record: Record<string, unknown>, names: { src: string; dst: string }) {
  const src = addressField(record, names.src);
  const dst = addressField(record, names.dst);
  if (src.family === dst.family) return { src: src.text, dst: dst.text };
  throw new RecordProblem(`${names.src} and ${names.dst} are not of the same IP version`);
}

/** Packets and bytes as they were exported. @throws RecordProblem for bytes without packets. */
export function countsOf(
  record: Record<string, unknown>,
  names: { packets: string; bytes: string },
): Pick<FlowCounts, 'packets' | 'bytes'> {
  const packets = countField(record, names.packets);
  const bytes = countField(record, names.bytes);
  if (packets > 0n || bytes === 0n) return { packets, bytes };
  throw new RecordProblem(`${names.bytes} is ${bytes} although ${names.packets} is 0`);
}

function addressField(record: Record<string, unknown>, name: string): { text: string; family: 4 | 6 } {
  const text = record[name];
  const address = typeof text === 'string' ? parseAddress(text) : undefined;
  if (address) return { text: text as string, family: address.family };
  throw new RecordProblem(`${name} ${shown(text)}; an IPv4 or IPv6 address was expected`);
}

function shown(value: unknown): string {
  if (value === undefined) return 'is missing';
  return `is ${typeof value === 'bigint' ? value : JSON.stringify(value).slice(0, 60)}`;
}
