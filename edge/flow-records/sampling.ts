import { badField, RecordProblem } from './record-fields.ts';

const MAX_SAMPLING_RATE = 2 ** 32;

/** One of how many packets the exporter looked at; 0 where it did not say. */
export function samplingRate(record: Record<string, unknown>): number {
  const value = record.sampling_rate ?? 0;
  const rate = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof rate === 'number' && Number.isInteger(rate) && rate >= 0 && rate <= MAX_SAMPLING_RATE)
    return rate;
  throw badField('sampling_rate', value, `a whole number from 0 to ${MAX_SAMPLING_RATE}`);
}

/** The record was sampled, and the user has not said that estimates may count. */
export function sampledRefused(): RecordProblem {
  return new RecordProblem(
    'sampled record',
    'the record is sampled, so its counts are estimates; give --scale-sampled to count it, with its report marked as estimated',
  );
}

/**
 * Bytes of a sampled frame before its first IP header; undefined where the record doesn't list the frame's layers.
 * goflow2 writes layers by name, or by the numbers of its protobuf.
 */
export function bytesBeforeIp({ layer_stack, layer_size }: Record<string, unknown>): number | undefined {
  if (!Array.isArray(layer_stack) || !Array.isArray(layer_size)) return undefined;
  const ip = layer_stack.findIndex(layer => IP_LAYERS.has(layer));
  if (ip < 0) return undefined;
  const before = layer_size.slice(0, ip);
  if (before.length < ip || !before.every(size => Number.isInteger(size) && size >= 0)) return undefined;
  return before.reduce((sum, size) => sum + size, 0);
}

const IP_LAYERS = new Set<unknown>(['IPv4', 'IPv6', 1, 2]);
