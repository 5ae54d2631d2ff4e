import { EdgeError } from '../../edge/edge-error.ts';
import { SettingError } from '../../lib/setting-error.ts';

const RIGHTS = 'docs/deploying.md lists the rights that a deployment needs.';

/** Errors of AWS that a person can act on, with advice. */
const KNOWN: { name: RegExp; advice: string }[] = [
  {
    name: /^(CredentialsProviderError|TokenProviderError)$/,
    advice: 'Sign in (aws sso login, aws configure), or name a profile with --profile.',
  },
  {
    name: /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/,
    advice: 'The credentials have expired: sign in again, then repeat the command.',
  },
  {
    name: /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch)$/,
    advice:
      'These credentials are not valid: check AWS_PROFILE, AWS_ACCESS_KEY_ID and the clock of this machine.',
  },
  {
    name: /^(AccessDenied|AccessDeniedException|AuthorizationError\w*|NotAuthorizedException)$/,
    advice: RIGHTS,
  },
  {
    name: /^(Throttling|ThrottlingException|TooManyRequestsException|LimitExceededException)$/,
    advice: 'Wait a minute, then repeat the command.',
  },
];

/**
 * Turns an error of AWS into a sentence that says what to do next; returns other errors unchanged.
 */
export function plannedAwsError(cause: unknown): unknown {
  if (cause instanceof EdgeError || !(cause instanceof Error)) return cause;
  if (cause instanceof SettingError) return new EdgeError(cause.message, { cause });
  if (cause.message.includes('Region is missing')) {
    return new EdgeError('No AWS region is known: give --region, or set AWS_REGION.', { cause });
  }
  const { name, message } = cause;
  const known = KNOWN.find(({ name: pattern }) => pattern.test(name));
  if (known) return new EdgeError(`AWS refused (${name}): ${sentence(message)} ${known.advice}`, { cause });
  const { $metadata, code } = cause as { $metadata?: unknown; code?: unknown };
  if (typeof code === 'string' && /^E[A-Z_]+$/.test(code)) {
    return new EdgeError(
      `AWS can't be reached (${message}): check the network of this machine, --region and --endpoint.`,
      { cause },
    );
  }
  return $metadata === undefined
    ? cause
    : new EdgeError(`AWS refused (${name}): ${sentence(message)}`, { cause });
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
