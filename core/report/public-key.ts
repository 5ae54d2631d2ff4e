import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, importSPKI } from 'jose';
import { ValidationError } from '../errors.ts';

/** An edge's public key, Ed25519. */
export interface PublicKey {
  /** RFC 7638 thumbprint (SHA-256, base64url, 43 characters). */
  kid: string;
  /** The key's 32 bytes in base64url, as `x` of RFC 8037. */
  x: string;
}

const RULE =
  'public_key must be an Ed25519 public key as a JWK ({"kty":"OKP","crv":"Ed25519","x":"…"}) or in PEM (-----BEGIN PUBLIC KEY-----): npm run edge -- key prints it.';

const X = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * Keys of small order, which no key pair has: verifiers either refuse every signature for them or
 * accept forged ones. A placeholder of zeros is one. In hexadecimal, without the sign bit. Source:
 * the points of order 1, 2, 4 and 8 of edwards25519 (RFC 7748, 4.1).
 */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/**
 * Reads a public key as a JWK or in PEM.
 *
 * @throws ValidationError for everything else; its message doesn't contain a private key
 */
export async function readPublicKey(text: string): Promise<PublicKey> {
  const x = text.trimStart().startsWith('-----') ? await xOfPem(text.trim()) : xOfJwk(text);
  const bytes = Buffer.from(x, 'base64url');
  bytes[31]! &= 0x7f;
  if (SMALL_ORDER.has(bytes.toString('hex'))) {
    throw new ValidationError(
      'public_key is a point of small order, which no key pair has: send the public key that npm run edge -- key prints.',
      { arguments: ['public_key'] },
    );
  }
  return { kid: await thumbprint(x), x };
}

/** The key as a JWK, in the form that {@link readPublicKey} reads. */
export function publicJwk({ kid, x }: PublicKey): Record<string, string> {
  return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'Ed25519', use: 'sig' };
}

/** The key object that verifies signatures. */
export function keyObjectOf(x: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** The key's id: the RFC 7638 thumbprint. */
export function thumbprint(x: string): Promise<string> {
  return calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
}

function xOfJwk(text: string): string {
  const { kty, crv, x, d } = parseObject(text);
  if (d !== undefined) throw privateKey();
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || !X.test(x))
    throw new ValidationError(RULE, { arguments: ['public_key'] });
  return x;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new ValidationError(RULE, { cause, arguments: ['public_key'] });
  }
  throw new ValidationError(RULE, { arguments: ['public_key'] });
}

async function xOfPem(pem: string): Promise<string> {
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) throw privateKey();
  try {
    return (await exportJWK(await importSPKI(pem, 'Ed25519', { extractable: true }))).x!;
  } catch (cause) {
    throw new ValidationError(RULE, { cause, arguments: ['public_key'] });
  }
}

function privateKey(): ValidationError {
  return new ValidationError(
    'public_key is a private key: it must never leave the edge. Make a new key pair there, and send the public key that npm run edge -- key prints.',
    { arguments: ['public_key'] },
  );
}
