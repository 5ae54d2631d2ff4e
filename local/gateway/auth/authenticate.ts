import type { Clock } from '../../../core/time/clock.ts';
import type { ApiKeyMode, ApiOptions, AuthMode, CognitoMode, LocalCredentials } from '../gateway-options.ts';
import { cognitoTokens, type ReadToken } from './cognito-tokens.ts';
import { type SignedRequest, verifySignature } from './iam-signature.ts';
import type { Identity } from './identity.ts';
import {
  NO_VALID_HEADER,
  NOT_AUTHORIZED,
  UNREADABLE_TOKEN,
  UnauthorizedCredentials,
} from './unauthorized.ts';

/** Identifies the sender of a request. @throws UnauthorizedCredentials */
export type Authenticate = (request: SignedRequest, sourceIp: string[]) => Promise<Identity>;

export interface AuthenticateOptions {
  api: ApiOptions;
  credentials: LocalCredentials;
  region: string;
  clock: Clock;
}

/**
 * Chooses the mode by the credentials in the request, as AppSync does: an API key, a signature, or
 * a token.
 */
export function makeAuthenticate({ api, credentials, region, clock }: AuthenticateOptions): Authenticate {
  const modes = [api.defaultMode, ...(api.additionalModes ?? [])];
  const pools = modes.filter(isCognito).map(mode => ({ mode, read: cognitoTokens(mode) }));
  const keys = modes.filter(isApiKey).flatMap(mode => mode.keys);
  const withIam = modes.some(mode => mode.type === 'AWS_IAM');

  return async (request, sourceIp) => {
    const { authorization = '', 'x-api-key': apiKey } = request.headers;
    if (authorization.startsWith('AWS4-HMAC-SHA256')) {
      if (!withIam) throw new UnauthorizedCredentials(NOT_AUTHORIZED);
      return verifySignature(request, { credentials, region, clock }, sourceIp);
    }
    if (authorization !== '' && pools.length > 0) return readToken(authorization, pools, sourceIp);
    if (apiKey === undefined || keys.length === 0) throw new UnauthorizedCredentials(NO_VALID_HEADER);
    const key = keys.find(({ id }) => id === apiKey);
    if (key === undefined || key.expiresAtMs <= clock()) throw new UnauthorizedCredentials(NOT_AUTHORIZED);
    return { mode: 'API_KEY', groups: [], expiresAtMs: key.expiresAtMs, shown: null };
  };
}

async function readToken(
  token: string,
  pools: { mode: CognitoMode; read: ReadToken }[],
  sourceIp: string[],
): Promise<Identity> {
  const issuer = issuerOf(token);
  const pool = pools.find(({ mode }) => mode.issuer === issuer);
  if (pool === undefined) throw new UnauthorizedCredentials(NO_VALID_HEADER);
  return pool.read(token, sourceIp);
}

function issuerOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).iss;
  } catch {
    throw new UnauthorizedCredentials(UNREADABLE_TOKEN);
  }
}

function isCognito(mode: AuthMode): mode is CognitoMode {
  return mode.type === 'AMAZON_COGNITO_USER_POOLS';
}

function isApiKey(mode: AuthMode): mode is ApiKeyMode {
  return mode.type === 'API_KEY';
}
