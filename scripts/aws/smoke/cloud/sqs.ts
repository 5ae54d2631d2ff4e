import { postJson } from '../../../../core/appsync/post-json.ts';
import { makeSignPost, type SigningCredentials } from '../../../../core/appsync/sign-post.ts';
import { EdgeError } from '../../../../edge/edge-error.ts';

/** The four calls of SQS that a test needs; the AWS client would be too large for them. */
export interface Sqs {
  createQueue(name: string): Promise<{ url: string; arn: string }>;
  /** Lets a topic send to a queue. */
  allowTopic(queue: { url: string; arn: string }, topic_arn: string): Promise<void>;
  /** Receives messages; waits for up to 10 seconds. */
  receive(url: string): Promise<string[]>;
  deleteQueue(url: string): Promise<void>;
}

interface SqsOptions {
  region: string;
  endpoint?: string | undefined;
  /** The partition's domain, such as amazonaws.com. */
  domain: string;
  credentials: () => Promise<SigningCredentials>;
}

const WAIT_S = 10;

/** SQS over its JSON protocol (AWS JSON 1.0). */
export function openSqs({ region, endpoint, domain, credentials }: SqsOptions): Sqs {
  const url = `${endpoint ?? `https://sqs.${region}.${domain}`}`.replace(/\/?$/, '/');
  const sign = makeSignPost({ region, service: 'sqs', credentials });

  async function call<Answer>(operation: string, input: object): Promise<Answer> {
    const body = JSON.stringify(input);
    const target = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` };
    const { status, json } = await postJson(url, body, {
      headers: { ...target, ...(await sign(new URL(url), body, target)) },
      errorOf: failure => new EdgeError(`SQS does not answer ${operation} (${failure.kind}).`),
    });
    if (status < 300) return json as Answer;
    const { message, __type } = json as { message?: string; __type?: string };
    throw new EdgeError(`SQS refused ${operation} (${status}): ${message ?? __type ?? 'no reason given'}.`);
  }

  return {
    async createQueue(QueueName) {
      const { QueueUrl } = await call<{ QueueUrl: string }>('CreateQueue', { QueueName });
      const { Attributes } = await call<{ Attributes: { QueueArn: string } }>('GetQueueAttributes', {
        QueueUrl,
        AttributeNames: ['QueueArn'],
      });
      return { url: QueueUrl, arn: Attributes.QueueArn };
    },
    async allowTopic({ url: QueueUrl, arn }, topic_arn) {
      const Policy = JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arn,
            Condition: { ArnEquals: { 'aws:SourceArn': topic_arn } },
          },
        ],
      });
      await call('SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
    },
    async receive(QueueUrl) {
      const { Messages = [] } = await call<{ Messages?: { Body: string }[] }>('ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: WAIT_S,
      });
      return Messages.map(({ Body }) => Body);
    },
    async deleteQueue(QueueUrl) {
      await call('DeleteQueue', { QueueUrl });
    },
  };
}
