import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../../core/clock.ts';
import type { LocalCredentials } from '../gateway-options.ts';
import type { Identity } from './identity.ts';
import { NOT_AUTHORIZED, UnauthorizedCredentials } from './unauthorized.ts';

/** A request as its signer saw it; header names in lower case. */
export interface SignedRequest {
  method: string;
  /** Path without query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
  body: string | Buffer;
}

export interface SignatureOptions {
  credentials: LocalCredentials;
  region: string;
  clock: Clock;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SERVICE = 'appsync';
const ACCOUNT = '000000000000';
/** How far a signature's time may be off. */
const MAX_SKEW_MS = 5 * 60_000;

/**
 * Checks an AWS Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv4.html).
 * @throws UnauthorizedCredentials when it isn't of these credentials, this region and now.
 */
export function verifySignature(
  request: SignedRequest,
  { credentials, region, clock }: SignatureOptions,
  sourceIp: string[],
): Identity {
  const { credential, signedHeaders, signature } = readAuthorization(request.headers.authorization ?? '');
  const [accessKeyId, day, inRegion, service] = credential;
  const time = request.headers['x-amz-date'] ?? '';
  const edge = edgeOf(accessKeyId!, credentials);
  const known = accessKeyId === credentials.accessKeyId || edge !== undefined;
  const mine = known && inRegion === region && service === SERVICE;
  if (!mine || !time.startsWith(`${day}T`)) refuse();
  if (Math.abs(clock() - parseTime(time)) > MAX_SKEW_MS)
    throw new UnauthorizedCredentials('Signature expired.');
  const scope = credential.slice(1).join('/');
  const toSign = [ALGORITHM, time, scope, sha256(canonical(request, signedHeaders))].join('\n');
  const key = [region, SERVICE, 'aws4_request'].reduce<Buffer>(
    hmac,
    hmac(`AWS4${credentials.secretAccessKey}`, day!),
  );
  if (!sameText(hmac(key, toSign).toString('hex'), signature)) refuse();
  const edgeArn = edge && `arn:aws:sts::${ACCOUNT}:assumed-role/patronus-edge/${edge}`;
  return machine(edgeArn ? { ...credentials, userArn: edgeArn } : credentials, sourceIp);
}

/**
 * Edges have an identity each, in the cloud their role's session. Here they all sign with the one secret, which is public
 * anyway, and say who they are in the access key's id: `local~edge-7`, the edge's id URI-encoded.
 */
function edgeOf(accessKeyId: string, credentials: LocalCredentials): string | undefined {
  const prefix = `${credentials.accessKeyId}~`;
  if (!accessKeyId.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(accessKeyId.slice(prefix.length)) || undefined;
  } catch {
    return undefined;
  }
}

function readAuthorization(header: string) {
  const fields = new Map(
    header
      .slice(ALGORITHM.length)
      .split(',')
      .map(part => part.trim().split('=') as [string, string]),
  );
  const credential = (fields.get('Credential') ?? '').split('/');
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';');
  const signature = fields.get('Signature') ?? '';
  if (credential.length !== 5 || !signedHeaders.includes('host')) refuse();
  return { credential, signedHeaders, signature };
}

function canonical({ method, path, query, headers, body }: SignedRequest, signedHeaders: string[]): string {
  const parameters = [...query].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  return [
    method,
    path.split('/').map(encode).join('/'),
    parameters.join('&'),
    ...signedHeaders.map(name => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function parseTime(text: string): number {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (match === null) refuse();
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, ...number[]];
  return Date.UTC(year, month! - 1, day, hour, minute, second);
}

function machine(
  { userArn = `arn:aws:iam::${ACCOUNT}:user/local` }: LocalCredentials,
  sourceIp: string[],
): Identity {
  return {
    mode: 'AWS_IAM',
    groups: [],
    expiresAtMs: null,
    shown: {
      accountId: userArn.split(':')[4] ?? ACCOUNT,
      cognitoIdentityAuthProvider: null,
      cognitoIdentityAuthType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      sourceIp,
      userArn,
      username: userArn.split('/').at(-1) ?? userArn,
    },
  };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function sameText(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

function refuse(): never {
  throw new UnauthorizedCredentials(NOT_AUTHORIZED);
}
