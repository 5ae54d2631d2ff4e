import { ReportRejected } from '../report/rejection.ts';
import { isSignedBy, type SignedRecord } from '../report/signed-record.ts';
import { rfc3339 } from '../time/rfc3339.ts';
import type { KnownKeys } from './edge-key-memory.ts';

/** When a record reached the stream, and its edge's keys. */
export interface Judging {
  edge_id: string;
  arrived_at_ms: number;
  keys: KnownKeys;
}

/**
 * Accepts an unsigned record while its edge has no key.
 *
 * @throws ReportRejected `unsigned` from the time of the edge's earliest key on
 */
export function judgeUnsigned({ edge_id, arrived_at_ms, keys }: Judging): void {
  if (arrived_at_ms < keys.signs_from_ms) return;
  throw new ReportRejected('unsigned', `edge "${edge_id}" has a key`);
}

/**
 * Accepts a record that is signed by a key of its edge which was valid when the record reached the
 * stream.
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
