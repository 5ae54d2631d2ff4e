import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Context } from 'aws-lambda';
import { lambdaDispatcher, makeDispatchClient } from '../../core/export/lambda-dispatcher.ts';
import { s3LinkSigner } from '../../core/export/s3-link-signer.ts';
import { flowObjects } from '../../core/flows/flow-objects.ts';
import { retentionOf } from '../../core/history/retention-settings.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { makeS3Client } from '../../core/storage/s3-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { cognitoDirectory } from '../../core/users/cognito-directory.ts';
import { makeContainerCaches } from '../container-caches.ts';
import { countStranded } from '../failover-metrics.ts';
import { beginLog, logger } from '../logger.ts';
import { untilAnswered } from '../until-answered.ts';
import { webhookRulesOf } from '../webhook-rules.ts';
import { type Answer, answer } from './answer.ts';
import { type ApiEvent, isRequestId } from './api-event.ts';
import { environmentSchema } from './environment.ts';
import { countInternalError } from './internal-error-metric.ts';
import { makePersons } from './persons.ts';
import { overviewParts } from './resolvers/overview.ts';
import { resolvers } from './resolvers.ts';

/** Time reserved to form the answer and to log a refusal. */
const MARGIN_MS = 5000;

/** If the Cache table doesn't answer within this time, expensive queries are allowed. */
const BUDGET_WAIT_MS = 1000;

const environment = environmentSchema.parse(process.env);
const retention = retentionOf(environment);
const client = makeDocumentClient({
  requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
});
const persons = makePersons({
  cognito: makeCognitoClient(1000),
  user_pool_id: environment.USER_POOL_ID,
  report: error => logger.warn('A person could not be looked up', error),
});
const directory = cognitoDirectory(makeCognitoClient(5000), environment.USER_POOL_ID);
const tables = tablesOf(environment);

// A hanging read must leave time for a second one within the request.
const s3 = makeS3Client({
  requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
});
const flow_objects = flowObjects(s3, environment.FLOW_BUCKET);

const edge_roles = environment.EDGE_ROLES.split(',');

const exports = {
  dispatcher: lambdaDispatcher(makeDispatchClient(), environment.EXPORT_FUNCTION),
  signer: s3LinkSigner(s3, environment.EXPORT_BUCKET),
  retention_days: environment.EXPORT_RETENTION_DAYS,
};

const container = makeContainerCaches({ client, table: tables.cache, settings: environment });
await container.warmUp();

function makeCognitoClient(requestTimeout: number): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1000, requestTimeout, throwOnRequestTimeout: true },
  });
}

async function handle(event: ApiEvent, lambda: Context): Promise<Answer> {
  const request_id = isRequestId(event.request_id) ? event.request_id : lambda.awsRequestId;
  beginLog(lambda, request_id);
  const started = systemClock();
  const deadline = started + lambda.getRemainingTimeInMillis() - MARGIN_MS;
  const answered = await answer(
    { ...event, request_id },
    {
      resolvers,
      overview_parts: overviewParts,
      caches: container.caches,
      silent_after_s: environment.SILENT_AFTER_S,
      exports,
      webhook_rules: webhookRulesOf(environment),
      retention,
      flow_log_ttl_hours: environment.FLOW_LOG_TTL_HOURS,
      flow_objects,
      flow_log_mask_hosts: environment.FLOW_LOG_MASK_HOSTS === 'on',
      context: { client, tables, clock: systemClock, sleep: systemSleep, random: Math.random, deadline },
      ...persons,
      directory,
      currency: environment.CURRENCY,
      onFailover: done => countStranded('api', done),
      onInternalError: countInternalError,
      query_budget: { units: environment.QUERY_BUDGET, wait_ms: BUDGET_WAIT_MS },
      edge_roles,
      report: (message, details) => logger.error(message, { ...details }),
    },
  );
  if (event.type === 'Mutation') {
    const outcome = 'error' in answered ? answered.error.type : 'DONE';
    logger.info('Answered a mutation.', {
      operation: event.field,
      outcome,
      took_ms: systemClock() - started,
    });
  }
  await container.settle();
  return answered;
}

export const handler = untilAnswered(handle);
