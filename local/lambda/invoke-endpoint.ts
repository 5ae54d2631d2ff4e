import type { IncomingMessage, ServerResponse } from 'node:http';
import { sha256 } from '../../core/digest.ts';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import type { Clock } from '../../core/time/clock.ts';
import { REGION } from '../aws/account.ts';
import { parseSignatureTime, readAuthorization, sameSignature, signatureOf } from '../aws/signature-v4.ts';
import { readBounded } from '../http/read-bounded.ts';
import { describeFailure, FunctionFailure, TooManyRequests } from './function-failure.ts';

/** A function from the point of view of callers of Lambda's API. */
export interface InvocableFunction {
  /** Passes an event on without waiting. */
  take(event: unknown): void;
  /** Runs the function and returns its answer. @throws FunctionFailure · TooManyRequests */
  invoke(event: unknown): Promise<unknown>;
}

export interface InvokeEndpointOptions {
  /** The prefix of Lambda's paths, such as `/lambda`. */
  prefix: string;
  /** The function of a name or ARN; undefined: there is none. */
  find(functionName: string): InvocableFunction | undefined;
  clock: Clock;
}

/** Lambda's limits on an event, by type of invocation. */
const MAX_EVENT_BYTES = { Event: 1024 * 1024, RequestResponse: 6 * 1024 * 1024 } as const;

const MAX_SKEW_MS = 5 * 60_000;

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/**
 * Lambda's operation Invoke, with which functions and programs call functions. The handler never
 * rejects.
 */
export function makeInvokeEndpoint(options: InvokeEndpointOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const most = MAX_EVENT_BYTES.RequestResponse;
    const body = await readBounded(request, most).catch(() => Buffer.alloc(0));
    const { status, headers, payload } = body ? await invoke(request, body, options) : tooLarge(most);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(payload === undefined ? '' : JSON.stringify(payload));
  };
}

interface Outcome {
  status: number;
  headers?: Record<string, string>;
  payload?: unknown;
}

async function invoke(
  request: IncomingMessage,
  body: Buffer,
  { prefix, find, clock }: InvokeEndpointOptions,
): Promise<Outcome> {
  const path = (request.url ?? '').split('?')[0]!;
  const name = PATH.exec(path.slice(prefix.length))?.[1];
  if (name === undefined || request.method !== 'POST') {
    return refusal(
      404,
      'UnknownOperationException',
      'The one-machine runtime supports only the operation Invoke of Lambda.',
    );
  }
  if (!isSigned(request, { path, body, clock })) {
    return refusal(403, 'InvalidSignatureException', 'The request has no valid signature.');
  }
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type !== 'Event' && type !== 'RequestResponse') {
    return refusal(
      400,
      'InvalidParameterValueException',
      'The one-machine runtime supports invocations of type Event and RequestResponse.',
    );
  }
  if (body.length > MAX_EVENT_BYTES[type]) return tooLarge(MAX_EVENT_BYTES[type]);
  const functionName = decoded(name);
  const found = find(functionName);
  if (!found) return refusal(404, 'ResourceNotFoundException', `Function not found: ${functionName}`);
  let event: unknown;
  try {
    event = JSON.parse(body.toString() || '{}');
  } catch {
    return refusal(400, 'InvalidRequestContentException', 'Could not parse request body into json.');
  }
  if (type === 'RequestResponse') return answerOf(found, event);
  found.take(event);
  return { status: 202 };
}

async function answerOf(found: InvocableFunction, event: unknown): Promise<Outcome> {
  try {
    return { status: 200, payload: (await found.invoke(event)) ?? null };
  } catch (cause) {
    if (cause instanceof TooManyRequests) return refusal(429, cause.name, cause.message);
    const payload = cause instanceof FunctionFailure ? cause.payload : describeFailure(cause);
    return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, payload };
  }
}

function tooLarge(most: number): Outcome {
  return refusal(413, 'RequestTooLargeException', `An event may have at most ${most} bytes.`);
}

/**
 * Decodes a part of a path. Text that is not valid percent-encoded UTF-8 is returned unchanged; no
 * function has such a name.
 */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function refusal(status: number, type: string, message: string): Outcome {
  return { status, headers: { 'x-amzn-errortype': type }, payload: { Type: 'User', Message: message } };
}

function isSigned(
  { method = '', headers: given }: IncomingMessage,
  { path, body, clock }: { path: string; body: Buffer; clock: Clock },
): boolean {
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, String(value ?? '')]),
  );
  const authorization = readAuthorization(headers.authorization ?? '');
  const time = headers['x-amz-date'] ?? '';
  const at = parseSignatureTime(time);
  if (!authorization || at === undefined || Math.abs(clock() - at) > MAX_SKEW_MS) return false;
  const { credential, signedHeaders, signature } = authorization;
  const [accessKeyId, day] = credential as [string, string];
  const scope = { time, day, region: REGION, service: 'lambda' };
  const query = new URLSearchParams();
  const expected = signatureOf(
    { method, path, query, headers, signedHeaders, payload: sha256(body) },
    scope,
    LOCAL_CREDENTIALS.secretAccessKey,
  );
  return accessKeyId === LOCAL_CREDENTIALS.accessKeyId && sameSignature(expected, signature);
}
