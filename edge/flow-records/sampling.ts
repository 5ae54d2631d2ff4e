import { badField, RecordProblem } from './record-fields.ts';

const MAX_SAMPLING_RATE = 2 ** 32;

/** The exporter's sampling rate (one of how many packets); 0 if unknown. */
export function samplingRate(record: Record<string, unknown>): number {
  const value = record.sampling_rate ?? 0;
  const rate = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof rate === 'number' && Number.isInteger(rate) && rate >= 0 && rate <= MAX_SAMPLING_RATE)
    return rate;
  throw badField('sampling_rate', value, `a whole number from 0 to ${MAX_SAMPLING_RATE}`);
}

/** The error for a sampled record if estimates are not allowed. */
export function sampledRefused(): RecordProblem {
  return new RecordProblem(
    'sampled record',
    'the record is sampled, so its counts are estimates; use --scale-sampled to count it, with its report marked as estimated',
  );
}

/**
 * Bytes of a frame beside its first IP packet: the headers before it, and in sFlow's lengths of
 * Ethernet frames their checksum (sFlow version 5, sampled_header: the length is that on the
 * network, with the checksum); undefined if the record doesn't list the frame's layers. goflow2
 * writes layers by name, or by the numbers of its protobuf.
 */
export function bytesBesideIp(
  { layer_stack, layer_size }: Record<string, unknown>,
  { isSflow }: { isSflow: boolean },
): number | undefined {
  if (!Array.isArray(layer_stack) || !Array.isArray(layer_size)) return undefined;
  const ip = layer_stack.findIndex(layer => IP_LAYERS.has(layer));
  if (ip < 0) return undefined;
  const before = layer_size.slice(0, ip);
  if (before.length < ip || !before.every(size => Number.isInteger(size) && size >= 0)) return undefined;
  const checksum = isSflow && ip > 0 && ETHERNET.has(layer_stack[0]) ? ETHERNET_CHECKSUM_BYTES : 0;
  return before.reduce((sum, size) => sum + size, checksum);
}

const ETHERNET = new Set<unknown>(['Ethernet', 0]);
const ETHERNET_CHECKSUM_BYTES = 4;
const IP_LAYERS = new Set<unknown>(['IPv4', 'IPv6', 1, 2]);
