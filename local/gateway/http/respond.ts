import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType',
};

export interface Answer {
  status: number;
  body: unknown;
  /** Kind of a refusal of the whole request, told in a header too. */
  errorType?: string;
}

/** Writes an answer as AppSync does: JSON, with a request id, open to every origin. */
export function respond(response: ServerResponse, { status, body, errorType }: Answer): void {
  response.writeHead(status, {
    ...CORS,
    'content-type': 'application/json;charset=UTF-8',
    'x-amzn-requestid': randomUUID(),
    ...(errorType && { 'x-amzn-errortype': errorType }),
  });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Answers a browser that asks whether it may send the real request. */
export function respondToPreflight(response: ServerResponse, askedHeaders: string | undefined): void {
  response.writeHead(200, {
    ...CORS,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': askedHeaders ?? 'content-type,authorization,x-amz-user-agent',
    'access-control-max-age': '172800',
    'content-length': '0',
  });
  response.end();
}
