import http, { type ClientRequest, type RequestOptions } from 'node:http';
import type { AwsRequest } from './need.ts';

/**
 * Looks at a request to AWS before it is sent.
 * @returns why it may not be sent, as the error that the SDK would make of the refusal
 */
export type Watch = (request: AwsRequest) => Error | undefined;

type Headers = Record<string, string>;

/**
 * Services whose requests are described by their body. Bodies of other services may be large and
 * are not examined.
 */
const DESCRIBED_BY_BODY = ['dynamodb', 'cognito-idp', 'kinesis'];

/**
 * Checks every signed request of this process: those of the SDK, which uses `node:http`, and those
 * of `fetch`. Must be called before the first request.
 */
export function watchRequests(watch: Watch): void {
  const send = http.request;
  http.request = ((options: RequestOptions, ...rest: never[]): ClientRequest => {
    const headers = lowerCase((options.headers ?? {}) as Headers);
    const service = serviceOf(headers);
    if (service === undefined) return send(options, ...rest);
    const asked = { service, headers, method: options.method ?? 'GET', path: options.path ?? '/' };
    const check = (body: string): void => {
      const refusal = watch({ ...asked, body });
      if (refusal) throw refusal;
    };
    const toldByBody = DESCRIBED_BY_BODY.includes(service) || isDeletionOfSeveral(asked);
    if (!toldByBody) {
      check('');
      return send(options, ...rest);
    }
    const request = send(options, ...rest);
    const end = request.end.bind(request) as (body?: string | Buffer) => ClientRequest;
    request.end = ((body?: string | Buffer) => {
      try {
        check(String(body ?? ''));
      } catch (refusal) {
        request.destroy();
        throw refusal;
      }
      return end(body);
    }) as ClientRequest['end'];
    return request;
  }) as typeof http.request;

  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const headers = lowerCase((init?.headers ?? {}) as Headers);
    const service = serviceOf(headers);
    if (service === undefined) return fetch(input, init);
    const { pathname, search } = new URL(String(input));
    const [method, path, body] = [init?.method ?? 'GET', pathname + search, String(init?.body ?? '')];
    const refusal = watch({ service, headers, method, path, body });
    // In the form of services that are called this way.
    return refusal
      ? Response.json({ errors: [{ errorType: refusal.name, message: refusal.message }] }, { status: 403 })
      : fetch(input, init);
  };
}

function isDeletionOfSeveral({ service, path }: { service: string; path: string }): boolean {
  return service === 's3' && /\?(.*&)?delete(=|&|$)/.test(path);
}

function lowerCase(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The service for which a request is signed; undefined for requests that are not to AWS. */
function serviceOf({ authorization = '' }: Headers): string | undefined {
  return /^AWS4-HMAC-SHA256 Credential=[^,]*\/([^/,]+)\/aws4_request/.exec(authorization)?.[1];
}
