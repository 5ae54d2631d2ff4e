import { setTimeout as sleep } from 'node:timers/promises';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { REGION } from './account.ts';

/** An engine refused a call; `name` is that of the exception. */
export class AwsCallError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export interface AwsJsonApi {
  endpoint: string;
  /** Service and version in the header of calls, such as "Kinesis_20131202". */
  target: string;
  /** 1.0 or 1.1. */
  jsonVersion: string;
}

/** Milliseconds before each retry of a read that failed. */
const WAITS_MS = [50, 100, 200, 400];

/** Operations that change nothing and can be retried. */
const READING = /^(Describe|Get|List|Admin(Get|List))/;

/**
 * Calls an operation of a local engine in the AWS JSON protocol. A read that fails (status 500 or
 * above) is retried, as the SDK's clients do: DynamoDB Local sometimes can't describe a table while
 * it creates its index. The SDK's client for Kinesis isn't used to read streams: it uses HTTP/2
 * only, which kinesis-local sometimes aborts, and records are passed on in the protocol's form
 * anyway.
 * @throws AwsCallError if the engine refuses
 */
export async function callAwsJson<Answer>(
  api: AwsJsonApi,
  operation: string,
  input: object,
): Promise<Answer> {
  for (const wait of READING.test(operation) ? WAITS_MS : []) {
    const { status, text } = await send(api, operation, input);
    if (status < 500) return read<Answer>(status, text);
    await sleep(wait);
  }
  const { status, text } = await send(api, operation, input);
  return read<Answer>(status, text);
}

interface RawAnswer {
  status: number;
  text: string;
}

async function send(api: AwsJsonApi, operation: string, input: object): Promise<RawAnswer> {
  const response = await fetch(api.endpoint, {
    method: 'POST',
    headers: {
      'content-type': `application/x-amz-json-${api.jsonVersion}`,
      'x-amz-target': `${api.target}.${operation}`,
      // The engines check the form of a signature, not its value.
      authorization: `AWS4-HMAC-SHA256 Credential=${LOCAL_CREDENTIALS.accessKeyId}/20200101/${REGION}/aws/aws4_request, SignedHeaders=host, Signature=0`,
      'x-amz-date': '20200101T000000Z',
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, text: await response.text() };
}

function read<Answer>(status: number, text: string): Answer {
  if (status >= 300) throw asError(status, text);
  return JSON.parse(text || '{}') as Answer;
}

function asError(status: number, text: string): AwsCallError {
  try {
    const { __type = '', message, Message } = JSON.parse(text) as Record<string, string>;
    return new AwsCallError(__type.split('#').at(-1)!, message ?? Message ?? `status ${status}`);
  } catch {
    return new AwsCallError('UnreadableAnswer', `status ${status}: ${text.slice(0, 200)}`);
  }
}
