import { type KeyObject, verify } from 'node:crypto';
import { statedSize } from './inflate-record.ts';
import { ReportRejected } from './rejection.ts';
import { REPORT_LIMITS } from './report.ts';

/** The limits of a signed record. Those of a report apply to its payload as well. */
const SIGNED_LIMITS = {
  /** The whole record: a payload of the largest size in base64url, its header and its signature. */
  maxBytes: 350 * 1024,
  /** The payload: a report as JSON or gzip. */
  maxPayloadBytes: REPORT_LIMITS.maxJsonBytes,
  /** Characters of the protected header; ours has 95. */
  maxHeaderLength: 1024,
} as const;

/** The parts of a record that is a JWS. Nothing in it is trusted before {@link isSignedBy}. */
export interface SignedRecord {
  /** RFC 7638 thumbprint of the key that claims to have signed it. */
  kid: string;
  /** The report as JSON or gzip. */
  payload: Uint8Array;
  /** The signed bytes: header and payload in base64url, as received. */
  signed: Uint8Array;
  /** 64 bytes. */
  signature: Uint8Array;
}

/** `Ed25519` is RFC 9864's name, `EdDSA` RFC 8037's. */
const ALGORITHMS: readonly unknown[] = ['Ed25519', 'EdDSA'];

/** Parameters that change the signed bytes or contain a key. Keys come from the inventory alone. */
const FORBIDDEN = ['crit', 'b64', 'jwk', 'jku', 'x5c', 'x5u', 'x5t', 'x5t#S256'];

const DOT = 0x2e;
/** 1f 8b and the deflate method, in base64url. */
const GZIP_BEGINS = 'H4s';
const SIGNATURE_LENGTH = 86;
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether a record is a JWS in compact serialization: neither JSON nor gzip begins like one. */
export function isSigned(record: Uint8Array): boolean {
  if (record[0] === 0x7b || record[0] === 0x1f) return false;
  const bytes = asBuffer(record);
  // The beginning of a header in base64url, which is a JSON object.
  return bytes.includes(DOT) && /^\s*\{/.test(decodeText(bytes.subarray(0, 4)));
}

/**
 * Parses a JWS in compact serialization (RFC 7515).
 *
 * @throws ReportRejected `bad_signature` if reports may not be signed like this, `too_large`
 */
export function readSignedRecord(record: Uint8Array): SignedRecord {
  if (record.length > SIGNED_LIMITS.maxBytes) {
    throw new ReportRejected('too_large', `${record.length} bytes of JWS`);
  }
  const bytes = asBuffer(record);
  const first = bytes.indexOf(DOT);
  const second = bytes.indexOf(DOT, first + 1);
  if (first < 0 || second < 0 || bytes.includes(DOT, second + 1)) {
    throw bad('a compact JWS has three parts with dots between them');
  }
  const kid = readHeader(bytes.subarray(0, first));
  const text = bytes.subarray(second + 1);
  const signature = decode(text, 'signature');
  if (text.length !== SIGNATURE_LENGTH) throw bad(`its signature has ${signature.length} bytes, not 64`);
  const payload = decode(bytes.subarray(first + 1, second), 'payload');
  if (payload.length > SIGNED_LIMITS.maxPayloadBytes) {
    throw new ReportRejected('too_large', `${payload.length} bytes of payload`);
  }
  return { kid, payload, signed: bytes.subarray(0, second), signature };
}

/**
 * The size after inflating that a signed gzip payload states; 0 for every other record. It may be
 * wrong.
 */
export function signedSize(record: Uint8Array): number {
  if (!isSigned(record)) return 0;
  const bytes = asBuffer(record);
  const from = bytes.indexOf(DOT) + 1;
  const length = bytes.length - SIGNATURE_LENGTH - 1 - from;
  if (length < 28 || bytes.toString('latin1', from, from + 3) !== GZIP_BEGINS) return 0;
  const end = bytes.toString('latin1', from + length - (length % 4) - 24, from + length);
  return statedSize(Buffer.from(end, 'base64url'));
}

/**
 * Whether this key signed the record. It uses `node:crypto`, which needs half the CPU of WebCrypto
 * (docs/decisions/129).
 */
export function isSignedBy(key: KeyObject, { signed, signature }: SignedRecord): boolean {
  return verify(null, signed, key, signature);
}

/** @returns the key's id */
function readHeader(encoded: Buffer): string {
  if (encoded.length > SIGNED_LIMITS.maxHeaderLength) {
    throw bad(`its header has ${encoded.length} characters, more than ${SIGNED_LIMITS.maxHeaderLength}`);
  }
  const header = parseHeader(decode(encoded, 'header'));
  const forbidden = FORBIDDEN.find(name => Object.hasOwn(header, name));
  if (forbidden !== undefined) throw bad(`its header must not have ${forbidden}`);
  const { alg, kid } = header;
  if (!ALGORITHMS.includes(alg)) throw bad(`alg is ${shown(alg)}, not Ed25519`);
  if (typeof kid !== 'string' || !THUMBPRINT.test(kid)) {
    throw bad(`kid is ${shown(kid)}, not the thumbprint of a key`);
  }
  return kid;
}

function parseHeader(bytes: Buffer): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(utf8.decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) {
      return header as Record<string, unknown>;
    }
  } catch (cause) {
    throw bad('its header is not JSON', { cause });
  }
  throw bad('its header is not a JSON object');
}

/** Node's decoder skips characters that are not base64url, so the length is checked. */
function decode(encoded: Buffer, part: string): Buffer {
  const bytes = Buffer.from(encoded.toString('latin1'), 'base64url');
  const isWhole = encoded.length % 4 !== 1 && bytes.length === Math.floor((encoded.length * 3) / 4);
  if (isWhole && !encoded.includes('+') && !encoded.includes('/') && !encoded.includes('=')) return bytes;
  throw bad(`its ${part} is not base64url`);
}

function decodeText(encoded: Buffer): string {
  return Buffer.from(encoded.toString('latin1'), 'base64url').toString('latin1');
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
}

function bad(detail: string, options?: ErrorOptions): ReportRejected {
  return new ReportRejected('bad_signature', detail, options);
}

function asBuffer(record: Uint8Array): Buffer {
  return Buffer.from(record.buffer, record.byteOffset, record.byteLength);
}
