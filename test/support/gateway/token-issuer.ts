import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenIssuer {
  issuer: string;
  jwksUri: string;
  clientId: string;
  /** A signed access token; `claims` overrides. */
  token(claims?: Record<string, unknown>, options?: { key?: KeyObject }): string;
  stop(): Promise<void>;
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A key that the issuer doesn't have. */
export const FOREIGN_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** A user pool's signing, with its key set on the loopback. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'RS256', use: 'sig' };
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const issuer = 'http://pool.example/pool-1';
  const clientId = 'client-1';
  return {
    issuer,
    clientId,
    jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    token(claims = {}, { key = privateKey } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        sub: 'sub-1',
        iss: issuer,
        client_id: clientId,
        token_use: 'access',
        username: 'viewer@example.com',
        'cognito:groups': ['viewer'],
        iat: now,
        exp: now + 3600,
        ...claims,
      };
      const signed = [{ alg: 'RS256', kid: 'key-1' }, payload].map(encode).join('.');
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
    },
    stop: () => new Promise(resolve => server.close(() => resolve())),
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
