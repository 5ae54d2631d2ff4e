import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A host that only this machine answers to, with or without a port. */
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;
const LOOPBACK_ORIGIN = /^https?:\/\/(.*)$/i;

const FOREIGN_HOST =
  'This server answers only to names of this machine: use http://127.0.0.1 or http://localhost with its port.';
const FOREIGN_ORIGIN =
  'This server answers only to pages of this machine: open the page from http://localhost or http://127.0.0.1.';

/**
 * Why a request isn't served on the loopback; undefined when it is. A page of another origin would
 * use who is signed in here, and one that made its own name point to this machine (DNS rebinding)
 * would be of the same origin; only the Host tells.
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

/** Refuses a foreign request. @returns whether it did */
export function refuseForeign(request: IncomingMessage, response: ServerResponse): boolean {
  const problem = foreignRequest(request.headers);
  if (problem === undefined) return false;
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${problem}\n`);
  return true;
}
