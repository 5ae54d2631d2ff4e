import type { FlowRecord } from './flow-record.ts';

/**
 * The `src` and `dst`, with ports and protocol 0, of the record that sums a pair's flows that
 * aren't listed.
 */
export const OTHER_FLOWS = 'other';

/** Whether a record sums flows instead of naming one. */
export function isOtherFlows({ src, dst }: Pick<FlowRecord, 'src' | 'dst'>): boolean {
  return src === OTHER_FLOWS && dst === OTHER_FLOWS;
}

/**
 * Merges records of the same flow, keeps the `limit` largest by bytes, and sums the rest: one
 * "other" record per (policy, endpoint) pair. The sums of packets and bytes of every pair stay the
 * same.
 */
export function limitFlows(flows: readonly FlowRecord[], limit: number): FlowRecord[] {
  const merged = mergeRecords(flows);
  const named = merged.filter(flow => !isOtherFlows(flow)).sort(bySize);
  const rest = [...named.splice(limit), ...merged.filter(isOtherFlows)];
  return [...named, ...mergeRecords(rest.map(asOther))];
}

function mergeRecords(flows: readonly FlowRecord[]): FlowRecord[] {
  const byKey = new Map<string, FlowRecord>();
  for (const flow of flows) {
    const key = keyOf(flow);
    const known = byKey.get(key);
    byKey.set(key, known ? sumOf(known, flow) : flow);
  }
  return [...byKey.values()];
}

function keyOf({ policy_id, endpoint_id, src, src_port, dst, dst_port, protocol }: FlowRecord): string {
  return [policy_id, endpoint_id, src, src_port, dst, dst_port, protocol].join('\u0000');
}

function sumOf(a: FlowRecord, b: FlowRecord): FlowRecord {
  return {
    ...a,
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    first: a.first < b.first ? a.first : b.first,
    last: a.last > b.last ? a.last : b.last,
  };
}

function asOther(flow: FlowRecord): FlowRecord {
  return { ...flow, src: OTHER_FLOWS, src_port: 0, dst: OTHER_FLOWS, dst_port: 0, protocol: 0 };
}

// Ties are broken by the key, so that the same flows give the same report.
function bySize(a: FlowRecord, b: FlowRecord): number {
  if (a.bytes !== b.bytes) return a.bytes > b.bytes ? -1 : 1;
  return keyOf(a) < keyOf(b) ? -1 : 1;
}
