import type { Clock } from '../../core/time/clock.ts';
import {
  ALGORITHM,
  parseSignatureTime,
  readAuthorization,
  sameSignature,
  signatureOf,
} from '../aws/signature-v4.ts';
import { S3Error } from './s3-error.ts';

export interface S3Request {
  method: string;
  /** As sent, percent-encoded. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
}

export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

/** Maximum deviation of a signed request's time. */
const MAX_SKEW_MS = 15 * 60_000;
/** Maximum validity of a link. */
const MAX_LINK_SECONDS = 604_800;

interface Signed {
  credential: string[];
  signedHeaders: string[];
  signature: string;
  time: string;
  query: URLSearchParams;
  payload: string;
}

/**
 * Checks the signature of a request, be it in its headers or in its query (a signed link).
 * @throws S3Error as S3 words it: AccessDenied without one or past its time, SignatureDoesNotMatch,
 * InvalidAccessKeyId …
 */
export function checkSignature(
  request: S3Request,
  { credentials, clock }: { credentials: S3Credentials; clock: Clock },
): void {
  const { method, path, query, headers } = request;
  const signed = query.has('X-Amz-Signature') ? ofLink(query, clock) : ofHeaders(query, headers, clock);
  const [accessKeyId, day, region, service] = signed.credential as [string, string, string, string];
  if (accessKeyId !== credentials.accessKeyId) {
    throw new S3Error(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      { AWSAccessKeyId: accessKeyId },
    );
  }
  const expected = signatureOf(
    { ...signed, method, path: decoded(path), headers },
    { time: signed.time, day, region: credentials.region, service: 's3' },
    credentials.secretAccessKey,
  );
  const inScope = region === credentials.region && service === 's3' && signed.time.startsWith(`${day}T`);
  if (inScope && sameSignature(expected, signed.signature)) return;
  throw new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { AWSAccessKeyId: accessKeyId },
  );
}

function ofHeaders(query: URLSearchParams, headers: Readonly<Record<string, string>>, clock: Clock): Signed {
  const authorization = readAuthorization(headers.authorization ?? '');
  const payload = headers['x-amz-content-sha256'];
  const time = headers['x-amz-date'] ?? '';
  const at = parseSignatureTime(time);
  if (!authorization || payload === undefined || at === undefined) {
    throw new S3Error('AccessDenied', 'Access Denied');
  }
  if (Math.abs(clock() - at) > MAX_SKEW_MS) {
    throw new S3Error(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      { RequestTime: time, ServerTime: iso(clock()) },
    );
  }
  return { ...authorization, time, query, payload };
}

function ofLink(given: URLSearchParams, clock: Clock): Signed {
  const parameter = (name: string): string => given.get(`X-Amz-${name}`) ?? '';
  const time = parameter('Date');
  const at = parseSignatureTime(time);
  const seconds = Number(parameter('Expires'));
  const credential = parameter('Credential').split('/');
  const whole = parameter('Algorithm') === ALGORITHM && at !== undefined && credential.length === 5;
  if (!whole || !(Number.isInteger(seconds) && seconds > 0 && seconds <= MAX_LINK_SECONDS)) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  const now = clock();
  const end = at + seconds * 1000;
  if (now > end) {
    throw new S3Error('AccessDenied', 'Request has expired', {
      'X-Amz-Expires': String(seconds),
      Expires: iso(end),
      ServerTime: iso(now),
    });
  }
  const query = new URLSearchParams(given);
  query.delete('X-Amz-Signature');
  const signedHeaders = parameter('SignedHeaders').split(';');
  return {
    credential,
    signedHeaders,
    signature: parameter('Signature'),
    time,
    query,
    payload: 'UNSIGNED-PAYLOAD',
  };
}

/** S3 signs a path encoded once. */
function decoded(path: string): string {
  try {
    return path.split('/').map(decodeURIComponent).join('/');
  } catch {
    throw new S3Error('InvalidRequest', 'The path is not percent-encoded UTF-8.');
  }
}

function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
