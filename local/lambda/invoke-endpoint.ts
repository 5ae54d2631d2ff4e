import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { sha256 } from '../../core/digest.ts';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import type { Clock } from '../../core/time/clock.ts';
import { REGION } from '../aws/account.ts';
import { parseSignatureTime, readAuthorization, sameSignature, signatureOf } from '../aws/signature-v4.ts';

export interface InvokeEndpointOptions {
  /** What the path begins with before Lambda's own, such as `/lambda`. */
  prefix: string;
  /** Hands an event over to a function of this name or ARN; undefined: there is none. */
  take(functionName: string): ((event: unknown) => void) | undefined;
  clock: Clock;
}

/** Lambda's limit on an asynchronous event. */
const MAX_EVENT_BYTES = 1024 * 1024;

const MAX_SKEW_MS = 5 * 60_000;

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's Invoke for asynchronous events, by which functions call one another. The handler never rejects. */
export function makeInvokeEndpoint(options: InvokeEndpointOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request).catch(() => Buffer.alloc(0));
    const { status, type, message } = invoke(request, body, options);
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(type && { 'x-amzn-errortype': type }),
    });
    response.end(type === undefined ? '' : JSON.stringify({ Type: 'User', Message: message }));
  };
}

interface Outcome {
  status: number;
  /** The exception's name where it is refused. */
  type?: string;
  message?: string;
}

function invoke(
  request: IncomingMessage,
  body: Buffer,
  { prefix, take, clock }: InvokeEndpointOptions,
): Outcome {
  const path = (request.url ?? '').split('?')[0]!;
  const name = PATH.exec(path.slice(prefix.length))?.[1];
  if (name === undefined || request.method !== 'POST') {
    return refusal(404, 'UnknownOperationException', 'The one-machine runtime has Invoke alone of Lambda.');
  }
  if (!isSigned(request, { path, body, clock })) {
    return refusal(403, 'InvalidSignatureException', 'The request is not signed as it should be.');
  }
  if (request.headers['x-amz-invocation-type'] !== 'Event') {
    return refusal(
      400,
      'InvalidParameterValueException',
      'The one-machine runtime takes invocations of type Event alone.',
    );
  }
  if (body.length > MAX_EVENT_BYTES) {
    return refusal(413, 'RequestTooLargeException', `An event is at most ${MAX_EVENT_BYTES} bytes.`);
  }
  const functionName = decodeURIComponent(name);
  const hand = take(functionName);
  if (!hand) return refusal(404, 'ResourceNotFoundException', `Function not found: ${functionName}`);
  try {
    hand(JSON.parse(body.toString() || '{}'));
  } catch {
    return refusal(400, 'InvalidRequestContentException', 'Could not parse request body into json.');
  }
  return { status: 202 };
}

function refusal(status: number, type: string, message: string): Outcome {
  return { status, type, message };
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
