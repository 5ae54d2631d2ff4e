import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { withTimeLimit } from '../../time/time-limit.ts';
import type { WebhookRules } from '../destinations/destination-input.ts';
import { addressKind } from './address-kind.ts';
import type { Attempt } from './delivery-log.ts';

/** Time limit of a receiver's answer, including the look-up of its name. */
const TIMEOUT_MS = 10_000;

type Lookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface WebhookPost {
  url: string;
  headers: Record<string, string>;
  body: string;
  rules: WebhookRules;
  timeout_ms?: number;
  lookup?: Lookup;
}

/** The outcome of a webhook's post. */
export type PostOutcome = Pick<Attempt, 'answer_code' | 'error'>;

class NotAllowed extends Error {}

/**
 * Posts to a webhook and returns the status of its answer. The address is checked at the moment of
 * the connection, regardless of earlier look-ups of its name. Redirects are not followed and
 * answers are not read. Does not reject.
 */
export function postWebhook({
  url,
  headers,
  body,
  rules,
  timeout_ms = TIMEOUT_MS,
  lookup = systemLookup as Lookup,
}: WebhookPost): Promise<PostOutcome> {
  const { protocol, hostname } = new URL(url);
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  const isLiteral = addressKind(literal) !== 'name';
  // Addresses in a URL aren't looked up.
  if (isLiteral && !mayConnect(literal, rules)) return Promise.resolve(failed(notAllowed(literal)));
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    agent: false,
    lookup: guardedLookup(lookup, rules) as NonNullable<RequestOptions['lookup']>,
  };
  const send = protocol === 'https:' ? httpsRequest : httpRequest;
  return withTimeLimit(
    timeout_ms,
    signal =>
      new Promise<PostOutcome>(resolve => {
        const request = send(url, { ...options, signal }, ({ statusCode = 0 }) => {
          resolve(outcomeOf(statusCode));
          request.destroy();
        });
        request.on('error', error => resolve(failed(error)));
        request.end(body);
      }),
  );
}

/** A look-up that leaves out addresses to which connections are not allowed. */
function guardedLookup(lookup: Lookup, rules: WebhookRules) {
  return (
    hostname: string,
    options: LookupOptions,
    done: (error: Error | null, found: LookupAddress[] | string, family?: number) => void,
  ): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, []);
      const allowed = addresses.filter(({ address }) => mayConnect(address, rules));
      const [first] = allowed;
      if (!first) return done(notAllowed(hostname), []);
      if (options.all) done(null, allowed);
      else done(null, first.address, first.family);
    });
  };
}

function mayConnect(address: string, { loopback, private_addresses }: WebhookRules): boolean {
  const kind = addressKind(address);
  if (kind === 'loopback') return loopback;
  return kind === 'public' || (kind === 'private' && private_addresses);
}

const notAllowed = (host: string): NotAllowed =>
  new NotAllowed(`${host} leads to no public address, which webhooks have to`);

function outcomeOf(status: number): PostOutcome {
  if (status >= 200 && status < 300) return { answer_code: status, error: null };
  const redirect = status >= 300 && status < 400 ? ', which is not followed' : '';
  return { answer_code: status, error: `The receiver answered with status ${status}${redirect}.` };
}

function failed(error: Error & { code?: string }): PostOutcome {
  return { answer_code: null, error: `No answer came: ${reasonOf(error)}.` };
}

function reasonOf(error: Error & { code?: string }): string {
  if (error instanceof NotAllowed) return error.message;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'the time was over';
  return error.code ?? error.message;
}
