import type { FlowRecord } from '../totals/flow-record.ts';

/** Whether two records of one site belong to the same flow: same 5-tuple and policy. */
export function isSameFlow(a: FlowRecord, b: FlowRecord): boolean {
  return (
    a.src_port === b.src_port &&
    a.dst_port === b.dst_port &&
    a.protocol === b.protocol &&
    a.src === b.src &&
    a.dst === b.dst &&
    a.policy_id === b.policy_id
  );
}

/**
 * A hash of the fields that {@link isSameFlow} compares, 32 bits signed: FNV-1a over characters and
 * numbers.
 */
export function hashFlow({ src, dst, policy_id, src_port, dst_port, protocol }: FlowRecord): number {
  let hash = Math.imul(((src_port << 16) | dst_port) ^ 0x811c9dc5, 0x01000193) ^ protocol;
  hash = hashText(src, Math.imul(hash, 0x01000193));
  hash = hashText(dst, hash);
  return hashText(policy_id, hash);
}

function hashText(text: string, hash: number): number {
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
