import { expect, it } from 'vitest';
import { knownKeys } from '../../../core/edge-keys/edge-key-memory.ts';
import { judgeSigned, judgeUnsigned } from '../../../core/edge-keys/judge-record.ts';
import { ReportRejected } from '../../../core/report/rejection.ts';
import { readSignedRecord } from '../../../core/report/signed-record.ts';
import { signByHand, testKey } from '../../support/edge-keys.ts';

const FROM = Date.UTC(2026, 0, 31, 12);
const UNTIL = FROM + 60_000;
const [old, young] = await Promise.all([testKey('old'), testKey('young')]);
const time = (ms: number) => new Date(ms).toISOString();
const keys = knownKeys({
  revision: 2,
  keys: [
    // In another order than that of their times.
    { kid: young.kid, x: young.x, from: time(FROM + 30_000), until: null },
    { kid: old.kid, x: old.x, from: time(FROM), until: time(UNTIL) },
  ],
});
const none = knownKeys({ revision: 1, keys: [] });

function outcome(judge: () => void): string {
  try {
    judge();
    return 'counts';
  } catch (reason) {
    if (reason instanceof ReportRejected) return reason.code;
    throw reason;
  }
}

it.each([
  ['a millisecond before its first key', FROM - 1, keys, 'counts'],
  ['with its first key', FROM, keys, 'unsigned'],
  ['while a key is good', UNTIL - 1, keys, 'unsigned'],
  ['of an edge without keys', UNTIL, none, 'counts'],
])('judges an unsigned report that arrives %s: $3', (_, arrived_at_ms, known, expected) => {
  expect(outcome(() => judgeUnsigned({ edge_id: 'e', arrived_at_ms, keys: known }))).toBe(expected);
});

it('rejects an unsigned report after all keys were revoked', () => {
  const revoked = knownKeys({
    revision: 2,
    keys: [{ kid: old.kid, x: old.x, from: time(FROM), until: time(UNTIL) }],
  });
  const judging = { edge_id: 'e', arrived_at_ms: UNTIL + 1, keys: revoked };
  expect(outcome(() => judgeUnsigned(judging))).toBe('unsigned');
});

it.each([
  ['a millisecond too early', old, FROM - 1, 'unknown_key'],
  ['with the beginning of its key', old, FROM, 'counts'],
  ['in the last millisecond of its key', old, UNTIL - 1, 'counts'],
  ['with the end of its key', old, UNTIL, 'unknown_key'],
  ['before the second key', young, FROM + 29_999, 'unknown_key'],
  ['with the second key', young, FROM + 30_000, 'counts'],
  ['long after, with a key that was not revoked', young, FROM + 1e12, 'counts'],
])('judges a signed report that arrives %s', (_, key, arrived_at_ms, expected) => {
  const record = readSignedRecord(signByHand(Buffer.from('{}'), key));
  expect(outcome(() => judgeSigned(record, { edge_id: 'e', arrived_at_ms, keys }))).toBe(expected);
});
