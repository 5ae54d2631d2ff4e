import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { fnv1a } from '../hash.ts';
import { GZIP_LEVEL } from './batch-objects.ts';
import { canonicalAddress } from './canonical-address.ts';
import { indexKey } from './flow-key.ts';
import type { FlowObjects } from './flow-objects.ts';
import type { ReportId } from './reports-seen.ts';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/**
 * What finds lines of a merged object: `buckets` gzip members with the lines by address, one with
 * the ids of the reports, the footer as one more, its length in 4 bytes, and 4 that name the
 * format. Each address's lines are copied into its bucket, so that they are read at once.
 */
const FORMAT = 'PFI1';
const TRAILER_BYTES = 8;

/** One read of the end gets the footer, as good as always. */
const END_BYTES = 32 * 1024;

/** Lines in a bucket, about; a bucket is what a question about an address reads. */
const LINES_A_BUCKET = 500;
const MAX_BUCKETS = 4096;

export interface FlowIndex {
  format: 1;
  /** Bytes of the object that it belongs to. */
  object_size: number;
  /** Lines of the object. */
  lines: number;
  /**
   * Where each minute of arrival begins in the object, a gzip member: milliseconds since the epoch,
   * offset. In order.
   */
  minutes: [number, number][];
  /** Where each bucket begins in the index, and where the last one ends. */
  buckets: number[];
  /** Where the ids of the reports begin and end. */
  reports: [number, number];
}

/** How many buckets the lines of an object get: a power of two. */
export function bucketCount(lines: number): number {
  let count = 1;
  while (count < MAX_BUCKETS && count * LINES_A_BUCKET < 2 * lines) count *= 2;
  return count;
}

export function bucketOf(address: string, buckets: number): number {
  return fnv1a(canonicalAddress(address)) % buckets;
}

/** An index as it is stored. `buckets` are texts of lines. */
export async function encodeIndex(
  parts: Pick<FlowIndex, 'object_size' | 'lines' | 'minutes'> & {
    buckets: readonly string[];
    reports: readonly ReportId[];
  },
): Promise<Buffer> {
  const members: Buffer[] = [];
  const buckets: number[] = [];
  let offset = 0;
  const append = (member: Buffer): number => {
    members.push(member);
    offset += member.length;
    return offset;
  };
  for (const text of parts.buckets) {
    buckets.push(offset);
    // An empty bucket is no bytes at all.
    if (text !== '') append(await gzipAsync(text, { level: GZIP_LEVEL }));
  }
  buckets.push(offset);
  const begin = offset;
  append(await gzipAsync(JSON.stringify(parts.reports.map(rowOf)), { level: GZIP_LEVEL }));
  const { object_size, lines, minutes } = parts;
  const footer: FlowIndex = { format: 1, object_size, lines, minutes, buckets, reports: [begin, offset] };
  const packed = await gzipAsync(JSON.stringify(footer));
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32BE(packed.length);
  trailer.write(FORMAT, 4, 'latin1');
  return Buffer.concat([...members, packed, trailer]);
}

type ReportRow = [string, string, number, number];

function rowOf({ edge_id, boot_id, part, seq }: ReportId): ReportRow {
  return [edge_id, boot_id, part, seq];
}

/**
 * One read, or two where the footer is long. Undefined where there is none, or of another format:
 * then the object is read.
 */
export async function readIndex(objects: FlowObjects, key: string): Promise<FlowIndex | undefined> {
  const end = await objects.get(indexKey(key), { last: END_BYTES });
  const trailer = end && Buffer.from(end).subarray(-TRAILER_BYTES);
  if (!trailer || trailer.length < TRAILER_BYTES || trailer.toString('latin1', 4) !== FORMAT)
    return undefined;
  const length = trailer.readUInt32BE() + TRAILER_BYTES;
  const whole = end.length >= length ? end : await objects.get(indexKey(key), { last: length });
  if (!whole) return undefined;
  const packed = Buffer.from(whole).subarray(-length, -TRAILER_BYTES);
  return JSON.parse((await gunzipAsync(packed)).toString()) as FlowIndex;
}

/**
 * The lines of an address's bucket, compressed, among those of other addresses. Undefined where the
 * index is gone.
 */
export async function readBucket(
  objects: FlowObjects,
  { key, index, address }: { key: string; index: FlowIndex; address: string },
): Promise<Uint8Array | undefined> {
  return readRange(objects, { key, index, bucket: bucketOf(address, index.buckets.length - 1) });
}

/** The same of several addresses: each bucket that has any of them once. */
export async function readBuckets(
  objects: FlowObjects,
  { key, index, addresses }: { key: string; index: FlowIndex; addresses: readonly string[] },
): Promise<Uint8Array[] | undefined> {
  const numbers = new Set(addresses.map(address => bucketOf(address, index.buckets.length - 1)));
  const buckets = await Promise.all([...numbers].map(bucket => readRange(objects, { key, index, bucket })));
  return buckets.every(bucket => bucket !== undefined) ? buckets : undefined;
}

async function readRange(
  objects: FlowObjects,
  { key, index, bucket }: { key: string; index: FlowIndex; bucket: number },
): Promise<Uint8Array | undefined> {
  const [start, end] = [index.buckets[bucket]!, index.buckets[bucket + 1]!];
  if (start === end) return new Uint8Array();
  return objects.get(indexKey(key), { start, end: end - 1 });
}

/** The reports that an object holds. Undefined where the index is gone. */
export async function readReportIds(
  objects: FlowObjects,
  { key, index }: { key: string; index: FlowIndex },
): Promise<ReportId[] | undefined> {
  const [start, end] = index.reports;
  const packed = await objects.get(indexKey(key), { start, end: end - 1 });
  if (!packed) return undefined;
  const rows = JSON.parse((await gunzipAsync(packed)).toString()) as ReportRow[];
  return rows.map(([edge_id, boot_id, part, seq]) => ({ edge_id, boot_id, part, seq }));
}

/**
 * The bytes of an object that hold what arrived from `from` on and before `to`; undefined where
 * none do.
 */
export function bytesOf(
  { minutes, object_size }: FlowIndex,
  { from, to }: { from: number; to: number },
): { start: number; end: number } | undefined {
  const first = Math.max(
    0,
    minutes.findLastIndex(([at]) => at <= from),
  );
  const after = minutes.findIndex(([at]) => at >= to);
  const start = minutes[first]?.[1] ?? 0;
  const end = (after === -1 ? object_size : minutes[after]![1]) - 1;
  return start <= end ? { start, end } : undefined;
}
