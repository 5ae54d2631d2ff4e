import { ReportRejected } from '../report/rejection.ts';
import { isSignedBy, type SignedRecord } from '../report/signed-record.ts';
import { rfc3339 } from '../time/rfc3339.ts';
import type { KnownKeys } from './edge-key-memory.ts';

/** When the stream got a record, and what was known of its edge's keys. */
export interface Judging {
  edge_id: string;
  arrived_at_ms: number;
  keys: KnownKeys;
}

/**
 * Whether an unsigned record counts for its edge.
 *
 * @throws ReportRejected `unsigned` once the edge has had a key
 */
export function judgeUnsigned({ edge_id, arrived_at_ms, keys }: Judging): void {
  if (arrived_at_ms < keys.signs_from_ms) return;
  throw new ReportRejected('unsigned', `edge "${edge_id}" has a key`);
}

/**
 * Whether a signed record counts for its edge: one of its keys that was good when the stream got it
 * has signed it.
 *
 * @throws ReportRejected `unknown_key` · `bad_signature`
 */
export function judgeSigned(record: SignedRecord, { edge_id, arrived_at_ms, keys }: Judging): void {
  const known = keys.by_kid.get(record.kid);
  if (!known) throw new ReportRejected('unknown_key', `edge "${edge_id}" has no key ${record.kid}`);
  const { key, from_ms, until_ms } = known;
  if (arrived_at_ms < from_ms || arrived_at_ms >= until_ms) {
    const to = until_ms === Number.POSITIVE_INFINITY ? 'on' : `to ${rfc3339(until_ms)}`;
    throw new ReportRejected(
      'unknown_key',
      `key ${record.kid} is good from ${rfc3339(from_ms)} ${to}, the report arrived at ${rfc3339(arrived_at_ms)}`,
    );
  }
  if (!isSignedBy(key, record))
    throw new ReportRejected('bad_signature', `key ${record.kid} did not sign it`);
}
