import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { sha256 } from '../../digest.ts';
import { fnv1a } from '../../hash.ts';
import type { ItemKey } from '../../storage/item.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { FlowRecord } from '../../totals/flow-record.ts';
import type { ReportId } from '../reports-seen.ts';

/** The first byte of a log item's data, so that the format can change. */
const FORMAT_JSON_ROWS = 1;

/**
 * An item has at most 400 KB, and a report at most 256 KiB of JSON, so larger inflated data is
 * invalid.
 */
const MAX_INFLATED_BYTES = 1024 * 1024;

/** The logs of a period are spread over this many partitions. */
export const FLOW_BUCKETS = 16;

/**
 * A partition holds the logs of one hour: a minute is a range of its keys, and a day has 24
 * partitions per bucket.
 */
export const FLOW_LOG_PERIOD_MS = 3_600_000;

/**
 * The flows of one report, as earlier releases stored them in the Traffic table. They are no longer
 * written.
 */
export interface FlowLogItem extends ItemKey {
  edge_id: string;
  site_id: string;
  interval_s: number;
  data: Uint8Array;
  [TTL_ATTRIBUTE]: number;
}

/** The bucket of an edge's logs: 0 … 15. */
export function flowBucket(edge_id: string): number {
  return fnv1a(edge_id) % FLOW_BUCKETS;
}

/** The partition of a bucket's logs of reports that were sent in the hour of `at_ms`. */
export function flowLogPartition(at_ms: number, bucket: number): string {
  return `FLOWS#${new Date(at_ms).toISOString().slice(0, 13)}#${String(bucket).padStart(2, '0')}`;
}

/** The part of a report's sort key after the time. It contains edge and boot as a digest. */
export function legacyIdOf({ edge_id, boot_id, seq, part }: ReportId): string {
  const boot = sha256(`${edge_id}\u0000${boot_id}`, 'base64url').slice(0, 22);
  return `${boot}#${seq}#${part}`;
}

/** This part of a given sort key. */
export function legacyIdIn(sk: string): string {
  return sk.slice(sk.indexOf('#') + 1);
}

/** The time when the report of a log item was sent, RFC 3339. */
export function sentAt(sk: string): string {
  return sk.slice(0, sk.indexOf('#'));
}

/** Encodes flows for `data`: as rows of fields, because objects would repeat the names. */
export function encodeFlows(flows: readonly FlowRecord[]): Uint8Array {
  const rows = flows.map(
    (flow): FlowRow => [
      flow.policy_id,
      flow.endpoint_id,
      flow.src,
      flow.src_port,
      flow.dst,
      flow.dst_port,
      flow.protocol,
      String(flow.packets),
      String(flow.bytes),
      flow.first,
      flow.last,
    ],
  );
  return Buffer.concat([Buffer.of(FORMAT_JSON_ROWS), deflateRawSync(JSON.stringify(rows))]);
}

/** Decodes the flows in `data`. @throws RangeError for a format of another release */
export function decodeFlows(data: Uint8Array): FlowRecord[] {
  if (data[0] !== FORMAT_JSON_ROWS) throw new RangeError(`flow log of unknown format ${data[0]}`);
  const json = inflateRawSync(data.subarray(1), { maxOutputLength: MAX_INFLATED_BYTES }).toString();
  return (JSON.parse(json) as FlowRow[]).map(row => ({
    policy_id: row[0],
    endpoint_id: row[1],
    src: row[2],
    src_port: row[3],
    dst: row[4],
    dst_port: row[5],
    protocol: row[6],
    packets: BigInt(row[7]),
    bytes: BigInt(row[8]),
    first: row[9],
    last: row[10],
  }));
}

/** The fields of a flow. */
type FlowRow = [string, string, string, number, string, number, number, string, string, string, string];
