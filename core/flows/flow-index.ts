import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { fnv1a } from '../hash.ts';
import { GZIP_LEVEL } from './batch-objects.ts';
import { canonicalAddress } from './canonical-address.ts';
import type { FlowObjects } from './flow-objects.ts';
import { indexKey } from './object-key.ts';
import type { ReportId } from './reports-seen.ts';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/**
 * Layout of the index of a merged object: gzip members with the lines by address (the buckets), a
 * gzip member with the ids of the reports, a gzip member with the footer, the footer's length in 4
 * bytes, and 4 bytes that name the format. The lines of each address are copied into its bucket, so
 * that one read gets all of them.
 */
const FORMAT = 'PFI1';
const TRAILER_BYTES = 8;

/** Bytes of the first read at the end of an index, which nearly always contain the footer. */
const END_BYTES = 32 * 1024;

/** Approximate number of lines in a bucket. A query for an address reads one bucket. */
const LINES_A_BUCKET = 500;
const MAX_BUCKETS = 4096;

export interface FlowIndex {
  format: 1;
  /** Size of the object that it belongs to, in bytes. */
  object_size: number;
  /** Number of lines of the object. */
  lines: number;
  /**
   * Start of each minute of arrival in the object, which is a gzip member: milliseconds since the
   * epoch, and offset. In order.
   */
  minutes: [number, number][];
  /** Offset of each bucket in the index, and the end of the last one. */
  buckets: number[];
  /** Start and end of the ids of the reports. */
  reports: [number, number];
}

/** The number of buckets for the lines of an object: a power of two. */
export function bucketCount(lines: number): number {
  let count = 1;
  while (count < MAX_BUCKETS && count * LINES_A_BUCKET < 2 * lines) count *= 2;
  return count;
}

export function bucketOf(address: string, buckets: number): number {
  return fnv1a(canonicalAddress(address)) % buckets;
}

/** Encodes an index for storage. `buckets` are texts of lines. */
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
    // An empty bucket has no bytes.
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
 * Reads an index in one read, or in two if the footer is long. Undefined if there is none, or if it
 * has another format: then the caller reads the object itself.
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
 * The compressed bucket with the lines of an address and of some others. Undefined if the index no
 * longer exists.
 */
export async function readBucket(
  objects: FlowObjects,
  { key, index, address }: { key: string; index: FlowIndex; address: string },
): Promise<Uint8Array | undefined> {
  return readRange(objects, { key, index, bucket: bucketOf(address, index.buckets.length - 1) });
}

/** The buckets of several addresses, each bucket once. */
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

/** The reports in an object. Undefined if the index no longer exists. */
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
 * The range of bytes of an object with everything that arrived at or after `from` and before `to`;
 * undefined if there is none.
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
