import { classifyFailure } from '../../core/storage/failure.ts';
import { EdgeError } from '../edge-error.ts';

/** Failures that go away by themselves, beside those that every AWS service shares. */
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
  // The local system is down, or on its way up.
  'SystemAway',
]);

const ADVICE: Record<string, string> = {
  ResourceNotFoundException: 'there is no such stream; check --stream and --region',
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

/** Whether putting the same records again can't help until somebody does something. */
export function isLastingFailure(cause: unknown): boolean {
  const { kind } = classifyFailure(cause);
  if (kind === 'throttled' || kind === 'unknown') return false;
  const { name = '', code = '' } = cause as SdkError;
  return !PASSING.has(name) && !PASSING.has(code);
}

/** What a failure means, in a few words. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof EdgeError) return cause.message.replace(/\.$/, '');
  const { name = '', code, message } = cause as SdkError;
  return ADVICE[name] ?? code ?? (message ? `${name}: ${message.replace(/\.$/, '')}` : name);
}
