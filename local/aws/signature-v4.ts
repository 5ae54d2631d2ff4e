import { createHmac, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../../core/digest.ts';

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** A request as it was signed; header names in lower case. */
export interface CanonicalRequest {
  method: string;
  /**
   * The segments are encoded for the signature: once for S3, and in addition to their own encoding
   * for every other service.
   */
  path: string;
  /** Without the signature itself. */
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
  signedHeaders: readonly string[];
  /** SHA-256 of the body in hex, or a replacement such as UNSIGNED-PAYLOAD. */
  payload: string;
}

export interface SignatureScope {
  /** Such as 20260131T120000Z. */
  time: string;
  day: string;
  region: string;
  service: string;
}

/** The signature of a request with a secret: AWS Signature Version 4. */
export function signatureOf(
  request: CanonicalRequest,
  { time, day, region, service }: SignatureScope,
  secret: string,
): string {
  const scope = [day, region, service, 'aws4_request'];
  const toSign = [ALGORITHM, time, scope.join('/'), sha256(canonical(request))].join('\n');
  const key = scope.slice(1).reduce<Buffer>(hmac, hmac(`AWS4${secret}`, day));
  return hmac(key, toSign).toString('hex');
}

/** Compares in constant time. */
export function sameSignature(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The parts of an Authorization header; undefined if it has another algorithm or lacks a part. */
export function readAuthorization(
  header: string,
): { credential: string[]; signedHeaders: string[]; signature: string } | undefined {
  if (!header.startsWith(ALGORITHM)) return undefined;
  const fields = new Map(
    header
      .slice(ALGORITHM.length)
      .split(',')
      .map(part => part.trim().split('=') as [string, string]),
  );
  const credential = (fields.get('Credential') ?? '').split('/');
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';');
  const signature = fields.get('Signature') ?? '';
  return credential.length === 5 && signedHeaders.includes('host')
    ? { credential, signedHeaders, signature }
    : undefined;
}

/**
 * The instant of `20260131T120000Z`, milliseconds since the epoch; undefined for any other text.
 */
export function parseSignatureTime(text: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, ...number[]];
  return Date.UTC(year, month! - 1, day, hour, minute, second);
}

function canonical({ method, path, query, headers, signedHeaders, payload }: CanonicalRequest): string {
  const parameters = [...query].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  return [
    method,
    path.split('/').map(encode).join('/'),
    parameters.join('&'),
    ...signedHeaders.map(name => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    payload,
  ].join('\n');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
