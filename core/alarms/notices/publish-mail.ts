import type { SignPost } from '../../appsync/sign-post.ts';
import { withTimeLimit } from '../../time/time-limit.ts';
import type { PostOutcome } from './post-webhook.ts';

const TIMEOUT_MS = 10_000;

export interface MailTopic {
  /** The URL of SNS, such as https://sns.eu-central-1.amazonaws.com/. */
  endpoint: string;
  topic_arn: string;
  sign: SignPost;
}

/** Publishes a mail to the topic's subscribers. Does not reject. */
export async function publishMail(
  { endpoint, topic_arn, sign }: MailTopic,
  { subject, text }: { subject: string; text: string },
): Promise<PostOutcome> {
  const body = new URLSearchParams({
    ...{ Action: 'Publish', Version: '2010-03-31', TopicArn: topic_arn },
    ...{ Subject: subject, Message: text },
  }).toString();
  try {
    const headers = await sign(new URL(endpoint), body, {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const status = await withTimeLimit(TIMEOUT_MS, async signal => {
      const response = await fetch(endpoint, { method: 'POST', headers, body, signal });
      await response.arrayBuffer();
      return response.status;
    });
    const error = status === 200 ? null : `The mail topic answered with status ${status}.`;
    return { answer_code: status, error };
  } catch (cause) {
    return { answer_code: null, error: `The mail topic gave no answer: ${(cause as Error).message}.` };
  }
}
