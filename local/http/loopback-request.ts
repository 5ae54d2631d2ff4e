import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A host name of this machine's loopback, with or without a port. */
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;
const LOOPBACK_ORIGIN = /^https?:\/\/(.*)$/i;

const FOREIGN_HOST =
  'This server answers only to names of this machine: use http://127.0.0.1 or http://localhost with its port.';
const FOREIGN_ORIGIN =
  'This server answers only to pages of this machine: open the page from http://localhost or http://127.0.0.1.';

/**
 * Why a request is refused on the loopback; undefined if it is allowed. A page of another origin
 * could use the sign-in of this machine. A page whose host name points to this machine (DNS
 * rebinding) would have the same origin; only the Host header reveals it.
 */
export function foreignRequest({
  host,
  origin,
  ':authority': authority,
}: IncomingHttpHeaders): string | undefined {
  if (!LOOPBACK_HOST.test(host ?? String(authority ?? ''))) return FOREIGN_HOST;
  if (origin !== undefined && !isLoopbackOrigin(origin)) return FOREIGN_ORIGIN;
  return undefined;
}

export function isLoopbackOrigin(origin: string): boolean {
  const host = LOOPBACK_ORIGIN.exec(origin)?.[1];
  return host !== undefined && LOOPBACK_HOST.test(host);
}

/** Refuses a foreign request. @returns whether it was refused */
export function refuseForeign(request: IncomingMessage, response: ServerResponse): boolean {
  const problem = foreignRequest(request.headers);
  if (problem === undefined) return false;
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${problem}\n`);
  return true;
}
