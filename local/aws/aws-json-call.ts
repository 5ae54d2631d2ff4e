import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { REGION } from './account.ts';

/** An engine refused a call; `name` is the exception's. */
export class AwsCallError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export interface AwsJsonApi {
  endpoint: string;
  /** Service and version as calls name them, such as "Kinesis_20131202". */
  target: string;
  /** 1.0 or 1.1. */
  jsonVersion: string;
}

/**
 * Calls an operation of a local engine in the AWS JSON protocol. The SDK's clients aren't used to read streams: the one for Kinesis
 * speaks HTTP/2 only, which kinesis-local breaks off now and then, and records are handed on in the protocol's own form anyway.
 * @throws AwsCallError when the engine refuses.
 */
export async function callAwsJson<Answer>(
  api: AwsJsonApi,
  operation: string,
  input: object,
): Promise<Answer> {
  const response = await fetch(api.endpoint, {
    method: 'POST',
    headers: {
      'content-type': `application/x-amz-json-${api.jsonVersion}`,
      'x-amz-target': `${api.target}.${operation}`,
      // The engines look at the form of a signature, not at what it says.
      authorization: `AWS4-HMAC-SHA256 Credential=${LOCAL_CREDENTIALS.accessKeyId}/20200101/${REGION}/aws/aws4_request, SignedHeaders=host, Signature=0`,
      'x-amz-date': '20200101T000000Z',
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text || '{}') as Answer;
  throw asError(response.status, text);
}

function asError(status: number, text: string): AwsCallError {
  try {
    const { __type = '', message, Message } = JSON.parse(text) as Record<string, string>;
    return new AwsCallError(__type.split('#').at(-1)!, message ?? Message ?? `status ${status}`);
  } catch {
    return new AwsCallError('UnreadableAnswer', `status ${status}: ${text.slice(0, 200)}`);
  }
}
