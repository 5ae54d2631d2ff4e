import type { Context } from 'aws-lambda';
import {
  type DeliveryResult,
  deliverNotices,
  type SendNotice,
} from '../../core/alarms/notices/deliver-notices.ts';
import { mailOf, payloadOf } from '../../core/alarms/notices/payload.ts';
import { postWebhook } from '../../core/alarms/notices/post-webhook.ts';
import { publishMail } from '../../core/alarms/notices/publish-mail.ts';
import { webhookHeaders } from '../../core/alarms/notices/webhook-headers.ts';
import { makeSignPost } from '../../core/appsync/sign-post.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { roleCredentials } from '../api-client.ts';
import { beginLog, logger } from '../logger.ts';
import { countMetrics } from '../metrics.ts';
import { untilAnswered } from '../until-answered.ts';
import { webhookRulesOf } from '../webhook-rules.ts';
import { environmentSchema } from './environment.ts';

/** Time reserved for the log and the answer. */
const MARGIN_MS = 2000;

const environment = environmentSchema.parse(process.env);
const client = makeDocumentClient();
const tables = tablesOf(environment);
const rules = webhookRulesOf(environment);
const topic = {
  endpoint: environment.AWS_ENDPOINT_URL_SNS ?? `https://sns.${environment.AWS_REGION}.amazonaws.com/`,
  topic_arn: environment.NOTICE_TOPIC_ARN,
  sign: makeSignPost({
    service: 'sns',
    region: environment.AWS_REGION,
    credentials: async () => roleCredentials(environment),
  }),
};

const send: SendNotice = async ({ type, url }, notice, { secret, at_ms }) => {
  if (type === 'MAIL') return publishMail(topic, mailOf(notice));
  if (!url || secret === undefined)
    return { answer_code: null, error: 'Its url or secret is missing: set both again.' };
  const body = payloadOf(notice);
  return postWebhook({ url, body, rules, headers: webhookHeaders(notice, { body, secret, at_ms }) });
};

/** Runs every minute and delivers pending notices to the destinations of alarms. */
async function handle(_event: unknown, lambda: Context): Promise<DeliveryResult> {
  beginLog(lambda);
  const result = await deliverNotices(
    {
      ...{ client, tables, clock: systemClock, sleep: systemSleep, random: Math.random },
      deadline: systemClock() + lambda.getRemainingTimeInMillis() - MARGIN_MS,
    },
    send,
  );
  logger.info('Delivered notices of alarms.', { ...result });
  if (result.given_up > 0) countMetrics('notify', { DeliveriesGivenUp: result.given_up });
  return result;
}

export const handler = untilAnswered(handle);
