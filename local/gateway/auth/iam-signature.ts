import { sha256 } from '../../../core/digest.ts';
import type { Clock } from '../../../core/time/clock.ts';
import { parseSignatureTime, readAuthorization, sameSignature, signatureOf } from '../../aws/signature-v4.ts';
import type { LocalCredentials } from '../gateway-options.ts';
import type { Identity } from './identity.ts';
import { NOT_AUTHORIZED, UnauthorizedCredentials } from './unauthorized.ts';

/** A request as it was signed; header names in lower case. */
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

const SERVICE = 'appsync';
const ACCOUNT = '000000000000';
/** Maximum deviation of a signature's time. */
const MAX_SKEW_MS = 5 * 60_000;

/**
 * Checks an AWS Signature Version 4
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv4.html).
 * @throws UnauthorizedCredentials unless it has these credentials, this region and the current time
 */
export function verifySignature(
  request: SignedRequest,
  { credentials, region, clock }: SignatureOptions,
  sourceIp: string[],
): Identity {
  const { method, path, query, headers, body } = request;
  const authorization = readAuthorization(headers.authorization ?? '');
  if (!authorization) refuse();
  const { credential, signedHeaders, signature } = authorization;
  const [accessKeyId, day, inRegion, service] = credential as [string, string, string, string];
  const time = headers['x-amz-date'] ?? '';
  const edge = edgeOf(accessKeyId, credentials);
  const known = accessKeyId === credentials.accessKeyId || edge !== undefined;
  const mine = known && inRegion === region && service === SERVICE;
  const signedAt = parseSignatureTime(time);
  if (!mine || !time.startsWith(`${day}T`) || signedAt === undefined) refuse();
  if (Math.abs(clock() - signedAt) > MAX_SKEW_MS) throw new UnauthorizedCredentials('Signature expired.');
  const expected = signatureOf(
    { method, path, query, headers, signedHeaders, payload: sha256(body) },
    { time, day, region, service },
    credentials.secretAccessKey,
  );
  if (!sameSignature(expected, signature)) refuse();
  const edgeArn = edge && `arn:aws:sts::${ACCOUNT}:assumed-role/patronus-edge/${edge}`;
  return machine(edgeArn ? { ...credentials, userArn: edgeArn } : credentials, sourceIp);
}

/**
 * Each edge has its own identity; in the cloud it is the session of its role. Here all edges sign
 * with the same secret, which is public anyway, and identify themselves by the access key's id:
 * `local~edge-7`, with the edge's id URI-encoded.
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

function refuse(): never {
  throw new UnauthorizedCredentials(NOT_AUTHORIZED);
}
