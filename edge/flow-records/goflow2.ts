import { protocolNumber } from './protocol-names.ts';
import {
  addressFields,
  countField,
  portField,
  protocolField,
  type ReadRecord,
  type RecordReaderOptions,
} from './record-fields.ts';
import { bytesBesideIp, sampledRefused, samplingRate } from './sampling.ts';

/** A protocol without a known name counts under IANA's reserved number. */
const UNNAMED_PROTOCOL = 255;

const IP_VERSIONS: Record<string, 4 | 6> = { ipv4: 4, ipv6: 6, '2048': 4, '34525': 6 };

/**
 * Reads goflow2's JSON, of version 1 (`SrcAddr`) or 2 (`src_addr`). Records of other protocols
 * (ARP, …) contain no IP traffic.
 *
 * Counts of NetFlow and IPFIX that were not sampled are layer-3 counts and count as given. Sampled
 * ones, and all of sFlow, are refused unless `scale_sampled`: then they are scaled, sFlow's after
 * its length was cut to layer 3.
 */
export function goflow2Reader({ scale_sampled, notes }: RecordReaderOptions): ReadRecord {
  function scaled(record: Record<string, unknown>, given: Counts, rate: number): Counts {
    const header = bytesBesideIp(record, { isSflow: isSflow(record) });
    if (isSflow(record) && header === undefined) notes.add('layer_unknown');
    if (rate === 0) notes.add('sampling_rate_unknown');
    if (rate <= 1 && !header) return given;
    const scale = BigInt(Math.max(rate, 1));
    const headers = BigInt(header ?? 0) * given.packets;
    return {
      packets: given.packets * scale,
      bytes: (given.bytes > headers ? given.bytes - headers : 0n) * scale,
    };
  }

  function protocolOf(record: Record<string, unknown>): number {
    const { proto } = record;
    if (typeof proto !== 'string') return protocolField(record, 'proto');
    const known = protocolNumber(proto);
    if (known !== undefined) return known;
    if (/^\d{1,3}$/.test(proto) && Number(proto) <= 255) return Number(proto);
    notes.add('unknown_protocol', { name: proto === '' ? '(empty)' : proto });
    return UNNAMED_PROTOCOL;
  }

  function addressesOf(record: Record<string, unknown>, version: 4 | 6): { src: string; dst: string } {
    const none = version === 6 ? '::' : '0.0.0.0';
    if (record.src_addr && record.dst_addr) {
      return addressFields(record, { src: 'src_addr', dst: 'dst_addr' });
    }
    const addresses = addressFields(
      { src_addr: record.src_addr || none, dst_addr: record.dst_addr || none },
      { src: 'src_addr', dst: 'dst_addr' },
    );
    notes.add('no_addresses');
    return addresses;
  }

  return (raw, now_ms) => {
    const record = isVersion2(raw) ? raw : snakeCased(raw);
    const version = ipVersionOf(record);
    if (version === undefined) return undefined;
    const given = { packets: countField(record, 'packets'), bytes: countField(record, 'bytes') };
    if (given.packets === 0n && given.bytes === 0n) return undefined;
    const rate = samplingRate(record);
    if ((isSflow(record) || rate > 1) && !scale_sampled) throw sampledRefused();
    const src_port = portField(record, 'src_port');
    const dst_port = portField(record, 'dst_port');
    const { src, dst } = addressesOf(record, version);
    const flow = { src, src_port, dst, dst_port, protocol: protocolOf(record) };
    const counts = scaled(record, given, rate);
    const received_ms = timeOf(record, 'time_received') ?? now_ms;
    const last_ms = timeOf(record, 'time_flow_end') ?? received_ms;
    const first_ms = Math.min(timeOf(record, 'time_flow_start') ?? last_ms, last_ms);
    return [{ flow, counts: { ...counts, first_ms, last_ms } }];
  };
}

interface Counts {
  packets: bigint;
  bytes: bigint;
}

function isSflow({ type }: Record<string, unknown>): boolean {
  return typeof type === 'string' && type.startsWith('SFLOW');
}

/**
 * The record's IP version, also if it has addresses but no ethertype; undefined for other traffic.
 */
function ipVersionOf({ etype, src_addr, dst_addr }: Record<string, unknown>): 4 | 6 | undefined {
  if (etype === 'IPv4') return 4;
  if (etype === 'IPv6') return 6;
  const named = IP_VERSIONS[String(etype ?? '').toLowerCase()];
  const address = src_addr || dst_addr;
  if (named || !address) return named ?? (etype === undefined ? 4 : undefined);
  return String(address).includes(':') ? 6 : 4;
}

function isVersion2(record: Record<string, unknown>): boolean {
  return record.packets !== undefined || record.src_addr !== undefined || record.bytes !== undefined;
}

function snakeCased(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase(),
      value,
    ]),
  );
}

const TIME_FIELDS = Object.fromEntries(
  ['time_received', 'time_flow_start', 'time_flow_end'].map(name => [
    name,
    [
      [`${name}_ns`, 1e6],
      [`${name}_ms`, 1],
      [name, 1e-3],
    ] as [string, number][],
  ]),
);

/** Version 2 has nanoseconds or RFC 3339, version 1 milliseconds or seconds; 0 means none. */
function timeOf(record: Record<string, unknown>, name: string): number | undefined {
  for (const [field, perMs] of TIME_FIELDS[name]!) {
    const value = record[field];
    if (value === undefined) continue;
    const isText = typeof value === 'string' && value.includes('T');
    const ms = isText ? Date.parse(value) : Math.round(Number(value) / perMs);
    if (ms > 0 && ms <= MAX_TIME_MS) return ms;
  }
  return undefined;
}

/** The latest time that a report can contain. */
const MAX_TIME_MS = 253_402_300_799_999;
