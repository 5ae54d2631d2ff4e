import { addressFields, countsOf, portField, protocolField, type ReadRecord } from './record-fields.ts';

/**
 * A record of `nfdump -o json` or `-o ndjson` (1.6 and 1.7). Only `in_packets` and `in_bytes` count: `out_…` are the
 * same packets seen at another place, or, with -b and -B, another flow. Times are of the machine's time zone, as nfdump writes
 * them. Records of events carry no packets and are left out.
 */
export const readNfdump: ReadRecord = (record, now_ms) => {
  if (record.type === 'EVENT') return undefined;
  const six = record.src6_addr !== undefined || record.dst6_addr !== undefined;
  const flow = {
    ...addressFields(
      record,
      six ? { src: 'src6_addr', dst: 'dst6_addr' } : { src: 'src4_addr', dst: 'dst4_addr' },
    ),
    src_port: portField(record, 'src_port'),
    dst_port: portField(record, 'dst_port'),
    protocol: protocolField(record, 'proto'),
  };
  const last_ms = timeOf(record.last ?? record.t_last ?? record.received, now_ms);
  const first_ms = Math.min(timeOf(record.first ?? record.t_first, last_ms), last_ms);
  return {
    flow,
    counts: { ...countsOf(record, { packets: 'in_packets', bytes: 'in_bytes' }), first_ms, last_ms },
  };
};

function timeOf(text: unknown, otherwise_ms: number): number {
  const ms = typeof text === 'string' ? new Date(text).getTime() : Number.NaN;
  return Number.isNaN(ms) ? otherwise_ms : ms;
}
