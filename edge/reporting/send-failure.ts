import { classifyFailure } from '../../core/storage/failure.ts';
import { EdgeError } from '../edge-error.ts';

/** Temporary failures, in addition to those of every AWS service. */
const PASSING = new Set([
  'KMSThrottlingException',
  'InternalFailure',
  'InternalFailureException',
  'ServiceUnavailable',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
  // The local system is down or starting.
  'SystemAway',
]);

const ADVICE: Record<string, string> = {
  ResourceNotFoundException: 'the stream does not exist; check --stream and --region',
  AccessDeniedException: 'these credentials may not put records on it; check --profile',
  UnrecognizedClientException: 'AWS does not know these credentials; check --profile',
  InvalidSignatureException: "the credentials or this machine's clock are wrong",
  ExpiredTokenException: 'the credentials have expired; sign in again',
  CredentialsProviderError: 'no AWS credentials were found; give --profile',
};

interface SdkError {
  name?: string;
  code?: string;
  message?: string;
}

/** Whether retries are useless until a person acts. */
export function isLastingFailure(cause: unknown): boolean {
  const { kind } = classifyFailure(cause);
  if (kind === 'throttled' || kind === 'unknown') return false;
  const { name = '', code = '' } = cause as SdkError;
  return !PASSING.has(name) && !PASSING.has(code);
}

/** The meaning of a failure, in a few words. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof EdgeError) return cause.message.replace(/\.$/, '');
  const { name = '', code, message } = cause as SdkError;
  return ADVICE[name] ?? code ?? (message ? `${name}: ${message.replace(/\.$/, '')}` : name);
}
