import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';
import { sha256 } from '../digest.ts';
import { fnv1a } from '../hash.ts';
import type { Report } from '../report/report.ts';
import type { ItemKey } from '../storage/item.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { maskHosts } from './mask-hosts.ts';

const deflateRawAsync = promisify(deflateRaw);

/** The first byte of a log item's data, so that the format can change. */
const FORMAT_JSON_ROWS = 1;

/** An item is at most 400 KB; compressed and inflated again, a report is at most 256 KiB of JSON. */
const MAX_INFLATED_BYTES = 1024 * 1024;

/** The logs of a period are spread over this many partitions; fixed, as readers ask each of them (docs/decisions/055). */
export const FLOW_BUCKETS = 16;

/** A partition holds the logs of an hour: a minute is a range of its keys, a day are 24 partitions a bucket. */
export const FLOW_LOG_PERIOD_MS = 3_600_000;

/** The flows of one report, as they are kept. */
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

/** The partition of a bucket's logs that were sent in the hour of `at_ms`. */
export function flowLogPartition(at_ms: number, bucket: number): string {
  return `FLOWS#${new Date(at_ms).toISOString().slice(0, 13)}#${String(bucket).padStart(2, '0')}`;
}

/**
 * By the edge's clock, so that the same report has the same key however often it is sent. Edge and boot are in it as a digest:
 * ids of the greatest length would not fit.
 */
function flowLogKey({ edge_id, boot_id, seq, part }: Report, sent_at_ms: number): ItemKey {
  const boot = sha256(`${edge_id}\u0000${boot_id}`, 'base64url').slice(0, 22);
  return {
    pk: flowLogPartition(sent_at_ms, flowBucket(edge_id)),
    sk: `${new Date(sent_at_ms).toISOString()}#${boot}#${seq}#${part}`,
  };
}

/** When the report of a log item was sent, RFC 3339. */
export function sentAt(sk: string): string {
  return sk.slice(0, sk.indexOf('#'));
}

/** The item of a report's flows; undefined when it has none. Compresses in another thread. */
export async function flowLogItem(
  report: Report,
  { sent_at_ms, expires_at, mask_hosts = false }: FlowLogOptions,
): Promise<FlowLogItem | undefined> {
  if (report.flows.length === 0) return undefined;
  return {
    ...flowLogKey(report, sent_at_ms),
    edge_id: report.edge_id,
    site_id: report.site_id,
    interval_s: report.interval_s,
    data: await encodeFlows(mask_hosts ? maskHosts(report.flows) : report.flows),
    [TTL_ATTRIBUTE]: expires_at,
  };
}

export interface FlowLogOptions {
  sent_at_ms: number;
  /** Seconds since the epoch. */
  expires_at: number;
  /** Keeps networks instead of hosts: IPv4 /24, IPv6 /56. */
  mask_hosts?: boolean | undefined;
}

/** Rows of fields in the order of `FIELDS`: names would be repeated for each flow. */
async function encodeFlows(flows: readonly FlowRecord[]): Promise<Uint8Array> {
  const rows = flows.map(flow => FIELDS.map(field => plain(flow[field])));
  const deflated = await deflateRawAsync(JSON.stringify(rows));
  return Buffer.concat([Buffer.of(FORMAT_JSON_ROWS), deflated]);
}

/** What {@link flowLogItem} packed into `data`. @throws RangeError for a format of another release */
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

/** The fields of a flow in the order of `FIELDS`. */
type FlowRow = [string, string, string, number, string, number, number, string, string, string, string];

const FIELDS = [
  'policy_id',
  'endpoint_id',
  'src',
  'src_port',
  'dst',
  'dst_port',
  'protocol',
  'packets',
  'bytes',
  'first',
  'last',
] as const satisfies (keyof FlowRecord)[];

function plain(value: string | number | bigint): string | number {
  return typeof value === 'bigint' ? String(value) : value;
}
