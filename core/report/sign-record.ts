import type { KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';

/** Makes a signed record of a report's bytes: a JWS in compact serialization. */
export type SignRecord = (payload: Uint8Array) => Promise<Uint8Array>;

/** Signs records with an edge's private key, whose thumbprint `kid` is. */
export function recordSigner({ key, kid }: { key: KeyObject; kid: string }): SignRecord {
  return async payload =>
    Buffer.from(await new CompactSign(payload).setProtectedHeader({ alg: 'Ed25519', kid }).sign(key));
}
