import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopbackOrigin } from '../../http/loopback-request.ts';

/** AppSync allows every origin; a server on the loopback allows only pages of this machine. */
function cors(origin: string | undefined): Record<string, string> {
  if (origin === undefined || !isLoopbackOrigin(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType',
    vary: 'origin',
  };
}

export interface Answer {
  status: number;
  body: unknown;
  /** Type of a refusal of the whole request, also sent in a header. */
  errorType?: string;
}

/** Writes an answer as AppSync does: JSON, with the id of the request. */
export function respond(
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
  { status, body, errorType }: Answer,
  requestId: string,
): void {
  response.writeHead(status, {
    ...cors(origin),
    'content-type': 'application/json;charset=UTF-8',
    'x-amzn-requestid': requestId,
    ...(errorType && { 'x-amzn-errortype': errorType }),
  });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Answers a CORS preflight request. */
export function respondToPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, {
    ...cors(headers.origin),
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers':
      headers['access-control-request-headers'] ?? 'content-type,authorization,x-amz-user-agent',
    'access-control-max-age': '172800',
    'content-length': '0',
  });
  response.end();
}
