import { JwtVerifier } from 'aws-jwt-verify';
import { JwtExpiredError, JwtParseError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { CognitoMode } from '../gateway-options.ts';
import type { Identity } from './identity.ts';
import { NO_VALID_HEADER, TOKEN_EXPIRED, UNREADABLE_TOKEN, UnauthorizedCredentials } from './unauthorized.ts';

/** Verifies an access or ID token of a user pool and returns its identity. */
export type ReadToken = (token: string, sourceIp: string[]) => Promise<Identity>;

type Claims = Record<string, unknown>;

/**
 * Verifies tokens against the pool's key set, which may be served over plain HTTP on the loopback.
 */
export function cognitoTokens({
  issuer,
  jwksUri,
  clientIds,
  defaultAction = 'ALLOW',
}: CognitoMode): ReadToken {
  const jwksCache = new SimpleJwksCache({
    fetcher: { fetch: async uri => (await fetch(uri)).arrayBuffer() },
  });
  const verifier = JwtVerifier.create({ issuer, jwksUri, audience: null }, { jwksCache });
  return async (token, sourceIp) => {
    const claims: Claims = await verifier.verify(token.replace(/^Bearer /, '')).catch(refuse);
    if (!isOfClient(claims, clientIds)) throw new UnauthorizedCredentials(NO_VALID_HEADER);
    const groups = Array.isArray(claims['cognito:groups']) ? claims['cognito:groups'].map(String) : null;
    return {
      mode: 'AMAZON_COGNITO_USER_POOLS',
      groups: groups ?? [],
      expiresAtMs: Number(claims.exp) * 1000,
      shown: {
        claims,
        defaultAuthStrategy: defaultAction,
        groups,
        issuer,
        sourceIp,
        sub: String(claims.sub),
        username: String(claims['cognito:username'] ?? claims.username ?? claims.sub),
      },
    };
  };
}

function isOfClient(claims: Claims, clientIds: readonly string[] | undefined): boolean {
  if (claims.token_use !== 'access' && claims.token_use !== 'id') return false;
  const client = claims.token_use === 'access' ? claims.client_id : claims.aud;
  return clientIds === undefined || clientIds.includes(String(client));
}

function refuse(error: unknown): never {
  if (error instanceof JwtExpiredError) throw new UnauthorizedCredentials(TOKEN_EXPIRED, { cause: error });
  if (error instanceof JwtParseError) throw new UnauthorizedCredentials(UNREADABLE_TOKEN, { cause: error });
  throw new UnauthorizedCredentials(NO_VALID_HEADER, { cause: error });
}
