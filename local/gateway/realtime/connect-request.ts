import type { IncomingMessage } from 'node:http';
import type { SignedRequest } from '../auth/iam-signature.ts';

export const SUBPROTOCOL = 'graphql-ws';
const HEADER_PREFIX = 'header-';

/** A client's connect request: its subprotocols, and its credentials in one of two forms. */
export interface ConnectRequest {
  speaksGraphql: boolean;
  /** Headers in lower case; null if there are no readable ones. */
  headers: Record<string, string> | null;
  /** Body that IAM signatures cover. */
  body: string;
}

/**
 * Reads the credentials of a connection: the subprotocol `header-<base64url>` of current Amplify
 * clients, or `header` and `payload` in the query in base64, as older clients send.
 */
export function readConnectRequest(request: IncomingMessage): ConnectRequest {
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim());
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const inProtocol = protocols.find(name => name.startsWith(HEADER_PREFIX))?.slice(HEADER_PREFIX.length);
  const encoded = inProtocol ?? searchParams.get('header')?.replaceAll(' ', '+');
  const payload = searchParams.get('payload')?.replaceAll(' ', '+');
  return {
    speaksGraphql: protocols.includes(SUBPROTOCOL),
    headers: encoded === undefined ? null : readHeaders(Buffer.from(encoded, 'base64').toString('utf8')),
    body: payload ? Buffer.from(payload, 'base64').toString('utf8') : '{}',
  };
}

/** The headers in a JSON text, names in lower case; null if it is not an object. */
function readHeaders(text: string): Record<string, string> | null {
  try {
    return lowerCase(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Headers of a client's message; null if they are not an object. */
export function lowerCase(value: unknown): Record<string, string> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null && each !== undefined)
      .map(([name, each]) => [name.toLowerCase(), String(each)]),
  );
}

/**
 * The request that an IAM client signs for the real-time endpoint: a POST to the GraphQL path, or
 * to `/connect` below it.
 */
export function signedAs(path: string, headers: Record<string, string>, body: string): SignedRequest {
  return { method: 'POST', path, query: new URLSearchParams(), headers, body };
}
