import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Schedule } from '../../../core/time/schedule.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Identity } from '../auth/identity.ts';
import { UnauthorizedCredentials } from '../auth/unauthorized.ts';
import { operationError } from '../errors/error-entry.ts';
import { TransportError } from '../errors/transport-error.ts';
import { type ExecutionAnswer, TOO_LARGE } from '../execution/execute-operation.ts';
import { type GraphqlRequest, parseRequest } from '../execution/parse-request.ts';
import { LIMITS } from '../limits.ts';
import { readBody } from './read-body.ts';
import { type Answer, respond, respondToPreflight } from './respond.ts';

export interface RequestHandlerOptions {
  path: string;
  authenticate: Authenticate;
  /** Runs an operation until `ended`. */
  run(
    request: GraphqlRequest,
    identity: Identity,
    headers: Record<string, string>,
    ended: AbortSignal,
  ): Promise<ExecutionAnswer>;
  schedule: Schedule;
  log(message: string, details: Record<string, unknown>): void;
}

/** Serves GraphQL over HTTP. The handler never rejects. */
export function makeRequestHandler(options: RequestHandlerOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'OPTIONS') return respondToPreflight(request, response);
    const requestId = randomUUID();
    try {
      respond(request, response, await answer(request, requestId, options), requestId);
    } catch (error) {
      respond(request, response, refusal(error, options), requestId);
    }
  };
}

async function answer(
  request: IncomingMessage,
  requestId: string,
  options: RequestHandlerOptions,
): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = await readBody(request);
  if (url.pathname !== options.path || request.method !== 'POST') {
    throw new TransportError(404, 'UnknownOperationException', `GraphQL is served at POST ${options.path}.`);
  }
  // The id is always AppSync's, even if the client sends one.
  const headers = { ...plainHeaders(request), 'x-amzn-requestid': requestId };
  const sourceIp = [request.socket.remoteAddress ?? ''];
  const signed = { method: 'POST', path: url.pathname, query: url.searchParams, headers, body };
  const identity = await options.authenticate(signed, sourceIp);
  const graphql = parseRequest(body.toString('utf8'));
  const result = await withinTime(ended => options.run(graphql, identity, headers, ended), options.schedule);
  const text = JSON.stringify(result);
  return { status: 200, body: Buffer.byteLength(text) > LIMITS.responseBytes ? TOO_LARGE : text };
}

const TIMED_OUT: ExecutionAnswer = {
  data: null,
  errors: [operationError('Execution timed out.', null, 'ExecutionTimeout')],
};

async function withinTime(
  run: (ended: AbortSignal) => Promise<ExecutionAnswer>,
  schedule: Schedule,
): Promise<ExecutionAnswer> {
  const ending = new AbortController();
  const timeout = Promise.withResolvers<ExecutionAnswer>();
  const cancel = schedule(LIMITS.requestMs, () => {
    timeout.resolve(TIMED_OUT);
    ending.abort();
  });
  try {
    return await Promise.race([run(ending.signal), timeout.promise]);
  } finally {
    cancel();
  }
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
}

function refusal(error: unknown, { log }: RequestHandlerOptions): Answer {
  if (error instanceof UnauthorizedCredentials) return oneError(401, error.errorType, error.message);
  if (error instanceof TransportError) return oneError(error.status, error.errorType, error.message);
  log('A request failed', { error: String(error) });
  return oneError(500, 'InternalFailure', 'Something went wrong on our side. Try again later.');
}

function oneError(status: number, errorType: string, message: string): Answer {
  return { status, errorType, body: { errors: [{ errorType, message }] } };
}
