import { addressFields, countsOf, portField, protocolField, type ReadRecord } from './record-fields.ts';

const PROTOCOLS: Record<string, number> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  icmpv6: 58,
  ospf: 89,
  sctp: 132,
};

/** goflow2 writes an empty name for the protocols that it has no name for; 255 is IANA's reserved number. */
const UNNAMED_PROTOCOL = 255;

const IP_ETHERTYPES = ['ipv4', 'ipv6', '2048', '34525'];

/**
 * A record of goflow2's JSON, of version 1 (`SrcAddr`) or 2 (`src_addr`). Packets and bytes count as they are given: they
 * are not multiplied with the sampling rate. Records of other than IP (ARP, …) are left out.
 */
export const readGoflow2: ReadRecord = (given, now_ms) => {
  const record = snakeCased(given);
  const etype = String(record.etype ?? 'ipv4').toLowerCase();
  if (!IP_ETHERTYPES.includes(etype) && !record.src_addr) return undefined;
  const flow = {
    ...addressFields(record, { src: 'src_addr', dst: 'dst_addr' }),
    src_port: portField(record, 'src_port'),
    dst_port: portField(record, 'dst_port'),
    protocol: protocolOf(record),
  };
  const received_ms = timeOf(record, 'time_received') ?? now_ms;
  const last_ms = timeOf(record, 'time_flow_end') ?? received_ms;
  const first_ms = Math.min(timeOf(record, 'time_flow_start') ?? last_ms, last_ms);
  return { flow, counts: { ...countsOf(record, { packets: 'packets', bytes: 'bytes' }), first_ms, last_ms } };
};

function snakeCased(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase(),
      value,
    ]),
  );
}

function protocolOf(record: Record<string, unknown>): number {
  const { proto } = record;
  if (proto === '') return UNNAMED_PROTOCOL;
  const known = typeof proto === 'string' ? PROTOCOLS[proto.toLowerCase()] : undefined;
  return known ?? protocolField(record, 'proto');
}

/** Version 2 has nanoseconds or RFC 3339, version 1 milliseconds or seconds; 0 stands for none. */
function timeOf(record: Record<string, unknown>, name: string): number | undefined {
  const units = [
    [`${name}_ns`, 1e6],
    [`${name}_ms`, 1],
    [name, 1e-3],
  ] as const;
  for (const [field, perMs] of units) {
    const value = record[field];
    const isText = typeof value === 'string' && value.includes('T');
    const ms = isText ? Date.parse(value) : Math.round(Number(value) / perMs);
    if (ms > 0 && Number.isFinite(ms)) return ms;
  }
  return undefined;
}
