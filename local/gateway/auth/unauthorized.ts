/** The credentials are missing or invalid; AppSync answers 401. The messages are AppSync's. */
export class UnauthorizedCredentials extends Error {
  override readonly name = 'UnauthorizedCredentials';
  readonly errorType = 'UnauthorizedException';
}

export const NO_VALID_HEADER = 'Valid authorization header not provided.';
export const UNREADABLE_TOKEN = 'Unable to parse JWT token.';
export const TOKEN_EXPIRED = 'Token has expired.';
export const NOT_AUTHORIZED = 'You are not authorized to make this call.';
