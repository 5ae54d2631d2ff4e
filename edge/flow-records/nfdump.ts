import type { FlowKey } from '../../core/policy/flow-key.ts';
import { type BothWays, type ConnectionEvent, Connections } from './connections.ts';
import {
  addressFields,
  countField,
  type ExportedFlow,
  optionalCount,
  portField,
  protocolField,
  type ReadRecord,
  RecordProblem,
  type RecordReaderOptions,
} from './record-fields.ts';
import { sampledRefused } from './sampling.ts';

type RawRecord = Record<string, unknown>;

/** Events of Cisco's ASA by nfdump's `event_id`. Others (denied, alert) carry no traffic. */
const CONNECTION_EVENTS: Record<string, ConnectionEvent['kind']> = { 1: 'create', 2: 'delete', 5: 'update' };

/** Minimum bytes of an IPv4 packet. */
const MIN_PACKET_BYTES = 20n;

/**
 * Reads records of `nfdump -o json` or `-o ndjson` (1.6 and 1.7). Of flows, `in_packets` and
 * `in_bytes` count. Of the events of an ASA (NSEL), both directions of a connection count, each
 * packet once: see {@link Connections}. NAT events without traffic hold no IP traffic. Times are of
 * this machine's time zone, as nfdump writes them.
 */
export function nfdumpReader({ scale_sampled, notes }: RecordReaderOptions): ReadRecord {
  const connections = new Connections(notes);

  return (record, now_ms) => {
    const isEvent = record.event_id !== undefined;
    const kind = isEvent ? CONNECTION_EVENTS[String(record.event_id)] : undefined;
    if (kind) return connectionFlows(record, kind, now_ms);
    const counts = { packets: countField(record, 'in_packets'), bytes: countField(record, 'in_bytes') };
    if (isEvent) return undefined;
    const out = outCounts(record);
    if (counts.packets === 0n && counts.bytes === 0n && out.packets === 0n && out.bytes === 0n)
      return undefined;
    if (record.sampled === 1 && !scale_sampled) throw sampledRefused();
    checkDirections(record, counts, out);
    checkSizes(counts);
    const flow = flowOf(record);
    if (!flow) return undefined;
    if (record.sampled === 1) notes.add('sampling_scaled_by_nfdump');
    const { first_ms, last_ms } = timesOf(record, now_ms);
    return [{ flow, counts: { packets: counts.packets, bytes: counts.bytes, first_ms, last_ms } }];
  };

  function connectionFlows(
    record: RawRecord,
    kind: ConnectionEvent['kind'],
    now_ms: number,
  ): ExportedFlow[] | undefined {
    const carried: BothWays = {
      in_packets: countField(record, 'in_packets'),
      in_bytes: countField(record, 'in_bytes'),
      out_packets: optionalCount(record, 'out_packets'),
      out_bytes: optionalCount(record, 'out_bytes'),
    };
    const flow = flowOf(record) ?? unaddressed(record);
    const exporter = String(record.export_sysid ?? record.ip4_router ?? record.ip6_router ?? '');
    const { src, src_port, dst, dst_port, protocol } = flow;
    const id = [exporter, String(record.connect_id ?? ''), src, src_port, dst, dst_port, protocol].join(' ');
    const event_ms = timeOf(record.t_event) ?? timeOf(record.received) ?? now_ms;
    const began_ms = timeOf(record.first ?? record.t_first);
    const { in_packets, in_bytes, out_packets, out_bytes } = connections.take({
      key: id,
      exporter,
      kind,
      began_ms,
      event_ms,
      carried,
    });
    if (kind === 'create') return undefined;
    const times = timesOf(record, event_ms);
    const flows = [
      { flow, counts: { packets: in_packets, bytes: in_bytes, ...times } },
      { flow: reversed(flow), counts: { packets: out_packets, bytes: out_bytes, ...times } },
    ].filter(({ counts }) => counts.packets > 0n || counts.bytes > 0n);
    if (flows.length > 0) notes.add('event_bytes');
    return flows;
  }
}

const NONE = { packets: 0n, bytes: 0n };

function outCounts(record: RawRecord): { packets: bigint; bytes: bigint } {
  if (record.out_packets === undefined && record.out_bytes === undefined) return NONE;
  return { packets: optionalCount(record, 'out_packets'), bytes: optionalCount(record, 'out_bytes') };
}

// `out_…` are counts of the other direction (of -b, -B, or of an exporter of two-way flows), or of
// the same packets when they leave the router. Only in the second case they are equal, and nothing
// was aggregated.
function checkDirections(
  { aggr_flows }: RawRecord,
  counts: { packets: bigint; bytes: bigint },
  out: { packets: bigint; bytes: bigint },
): void {
  if (out.packets === 0n && out.bytes === 0n) return;
  const isSame = out.packets === counts.packets && out.bytes === counts.bytes;
  if (isSame && !Number(aggr_flows ?? 0)) return;
  throw new RecordProblem(
    'record of two directions',
    'out_packets and out_bytes contain another direction, half of which is missing; run nfdump without -b and -B, and configure the exporter for one-way flows',
  );
}

function checkSizes({ packets, bytes }: { packets: bigint; bytes: bigint }): void {
  if (packets === 0n || bytes === 0n || bytes >= packets * MIN_PACKET_BYTES) return;
  throw new RecordProblem(
    'impossible size',
    `in_bytes is ${bytes} for ${packets} packets, which is less than their headers; some releases of nfdump write packets there with -o ndjson: use -o json`,
  );
}

const FOUR = { src: 'src4_addr', dst: 'dst4_addr' };
const SIX = { src: 'src6_addr', dst: 'dst6_addr' };

/**
 * The flow's key; undefined for a record without IP traffic, which has neither addresses nor a
 * protocol.
 */
function flowOf(record: RawRecord): FlowKey | undefined {
  const six = record.src6_addr !== undefined || record.dst6_addr !== undefined;
  const four = record.src4_addr !== undefined || record.dst4_addr !== undefined;
  if (!six && !four && !record.proto) return undefined;
  const { src, dst } = addressFields(record, six ? SIX : FOUR);
  const { src_port, dst_port, protocol } = transportOf(record);
  return { src, src_port, dst, dst_port, protocol };
}

function unaddressed(record: RawRecord): FlowKey {
  return { src: '0.0.0.0', dst: '0.0.0.0', ...transportOf({ ...record, proto: record.proto ?? 0 }) };
}

function transportOf(record: RawRecord): Pick<FlowKey, 'src_port' | 'dst_port' | 'protocol'> {
  return {
    src_port: portField(record, 'src_port'),
    dst_port: portField(record, 'dst_port'),
    protocol: protocolField(record, 'proto'),
  };
}

function reversed({ src, src_port, dst, dst_port, protocol }: FlowKey): FlowKey {
  return { src: dst, src_port: dst_port, dst: src, dst_port: src_port, protocol };
}

function timesOf(record: RawRecord, otherwise_ms: number): { first_ms: number; last_ms: number } {
  const last_ms = timeOf(record.last ?? record.t_last) ?? timeOf(record.received) ?? otherwise_ms;
  const first_ms = timeOf(record.first ?? record.t_first) ?? last_ms;
  return { first_ms: Math.min(first_ms, last_ms), last_ms };
}

/** Earlier times mean that there is no time. */
const MIN_TIME_MS = Date.UTC(1980, 0, 1);

/** Parses nfdump's time, in milliseconds; undefined for none. */
function timeOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const ms = WRITTEN_LENGTH.has(text.length) ? writtenTime(text) : new Date(text).getTime();
  return ms >= MIN_TIME_MS ? ms : undefined;
}

/** Lengths of a time with seconds, and with milliseconds as in 1.7. */
const WRITTEN_LENGTH = new Set([19, 23]);

/** Recently parsed minutes: flows of one file share few of them. */
const minutes = new Map<number, number>();
const MAX_KNOWN_MINUTES = 4096;

/** The same as Date's parsing of `2026-01-31T12:00:00.250`, which takes ten times as long. */
function writtenTime(text: string): number {
  const day = (digits(text, 0, 4) * 100 + digits(text, 5, 7)) * 100 + digits(text, 8, 10);
  const minute = (day * 100 + digits(text, 11, 13)) * 100 + digits(text, 14, 16);
  const rest_ms = digits(text, 17, 19) * 1000 + (text.length === 23 ? digits(text, 20, 23) : 0);
  if (Number.isNaN(minute + rest_ms)) return new Date(text).getTime();
  const known = minutes.get(minute);
  if (known !== undefined) return known + rest_ms;
  const ms = new Date(`${text.slice(0, 16)}:00`).getTime();
  if (minutes.size >= MAX_KNOWN_MINUTES) minutes.clear();
  minutes.set(minute, ms);
  return ms + rest_ms;
}

/** The number in these characters; NaN if one is not a digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
