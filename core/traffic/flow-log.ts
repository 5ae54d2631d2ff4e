import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { ItemKey } from './lane-keys.ts';
import type { FlowRecord, Report } from './report.ts';

const deflateRawAsync = promisify(deflateRaw);

/** The first byte of a log item's data, so that the format can change. */
const FORMAT_JSON_ROWS = 1;

/** An item is at most 400 KB; compressed and inflated again, a report is at most 256 KiB of JSON. */
const MAX_INFLATED_BYTES = 1024 * 1024;

/** The flows of one report, as they are kept. */
export interface FlowLogItem extends ItemKey {
  site_id: string;
  interval_s: number;
  data: Uint8Array;
  [TTL_ATTRIBUTE]: number;
}

export function flowLogPartition(edge_id: string): string {
  return `FLOWS#${edge_id}`;
}

/** `sent_at_ms` makes the log of an edge a sequence in time. */
export function flowLogKey({ edge_id, boot_id, seq, part }: Report, sent_at_ms: number): ItemKey {
  return {
    pk: flowLogPartition(edge_id),
    sk: `${new Date(sent_at_ms).toISOString()}#${boot_id}#${seq}#${part}`,
  };
}

/** The item of a report's flows; undefined when it has none. Compresses in another thread. */
export async function flowLogItem(
  report: Report,
  { sent_at_ms, expires_at }: { sent_at_ms: number; expires_at: number },
): Promise<FlowLogItem | undefined> {
  if (report.flows.length === 0) return undefined;
  return {
    ...flowLogKey(report, sent_at_ms),
    site_id: report.site_id,
    interval_s: report.interval_s,
    data: await encodeFlows(report.flows),
    [TTL_ATTRIBUTE]: expires_at,
  };
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
  return (JSON.parse(json) as (string | number)[][]).map(row => {
    const flow = Object.fromEntries(FIELDS.map((field, i) => [field, row[i]]));
    return { ...flow, packets: BigInt(row[7]!), bytes: BigInt(row[8]!) } as unknown as FlowRecord;
  });
}

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
