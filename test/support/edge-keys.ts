import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { StreamRecord } from '../../core/ingest/stream-record.ts';
import { publicJwk, thumbprint } from '../../core/report/public-key.ts';

/** The prefix of the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface TestKey {
  kid: string;
  x: string;
  key: KeyObject;
  public_key: string;
}

/** A key pair derived from a name. */
export async function testKey(name: string): Promise<TestKey> {
  return keyOfSeed(createHash('sha256').update(name).digest());
}

/** The key pair of 32 bytes. */
export async function keyOfSeed(seed: Uint8Array): Promise<TestKey> {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const { x } = key.export({ format: 'jwk' }) as { x: string };
  const kid = await thumbprint(x);
  return { kid, x, key, public_key: JSON.stringify(publicJwk({ kid, x })) };
}

export interface JwsParts {
  /** In place of `{ alg: 'Ed25519', kid }`: an object, or the text itself. */
  header?: Record<string, unknown> | string;
}

/** A JWS made by hand, so that the code under test does not create its own input. */
export function signByHand(payload: Uint8Array, { key, kid }: TestKey, { header }: JwsParts = {}): Buffer {
  const text = typeof header === 'string' ? header : JSON.stringify(header ?? { alg: 'Ed25519', kid });
  const signed = `${Buffer.from(text).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
  return Buffer.from(`${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`);
}

/** A record as its edge sends it with `--sign`. */
export function signedRecord(record: StreamRecord, key: TestKey, parts?: JwsParts): StreamRecord {
  return { ...record, data: signByHand(record.data, key, parts) };
}
