import type { IncomingMessage, ServerResponse } from 'node:http';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { REGION } from '../aws/account.ts';
import { makeInvokeEndpoint } from '../lambda/invoke-endpoint.ts';
import { makeMailHandler } from '../mail/mail-handler.ts';
import type { Host, MadeResources } from '../resources/resource-type.ts';
import { findFunction } from '../resources/types/lambda-alias.ts';
import { asynchronousCall } from '../resources/types/lambda-event-invoke-config.ts';
import { lambdaFunction } from '../resources/types/lambda-function.ts';
import { s3Bucket } from '../resources/types/s3-bucket.ts';
import { snsTopic } from '../resources/types/sns-topic.ts';
import { makeGuard } from '../rights/guard.ts';
import { RECORD_VARIABLE, recordRights } from '../rights/record-rights.ts';
import type { Watch } from '../rights/watch-requests.ts';
import { makeS3Handler } from '../s3/s3-handler.ts';

/** Answers a request to a service of this process. Never rejects. */
export type ServiceHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const S3_PATH = '/s3';
/** The path of Lambda's API. */
export const LAMBDA_PATH = '/lambda';

const SNS_PATH = '/sns';

/** Environment variables with the addresses of the engines and of this process's services. */
export function endpointVariables({ engines, server }: Pick<Host, 'engines' | 'server'>) {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: engines.dynamodb,
    AWS_ENDPOINT_URL_KINESIS: engines.kinesis,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: engines.cognito.endpoint,
    AWS_ENDPOINT_URL_S3: `${server}${S3_PATH}`,
    AWS_ENDPOINT_URL_LAMBDA: `${server}${LAMBDA_PATH}`,
    AWS_ENDPOINT_URL_SNS: `${server}${SNS_PATH}`,
    // All other services: calls end here instead of leaving the machine.
    AWS_ENDPOINT_URL: `${server}/no-such-service`,
  };
}

/** The services of AWS that this process serves itself, by the prefix of their paths. */
export function makeServices(made: MadeResources, host: Host): Map<string, ServiceHandler> {
  const s3 = makeS3Handler({
    prefix: S3_PATH,
    buckets: new Map(made.all(s3Bucket).map(({ attributes, value }) => [attributes.Ref, value])),
    credentials: { ...LOCAL_CREDENTIALS, region: REGION },
    guardOf: guardsOfSessions(made),
    clock: host.clock,
    log: host.onTrouble,
  });
  const lambda = makeInvokeEndpoint({
    prefix: LAMBDA_PATH,
    find(functionName) {
      const target = findFunction(made, functionName);
      return (
        target && {
          take: asynchronousCall({ made, host }, target),
          invoke: async event => (await target.invoke(event)).result,
        }
      );
    },
    clock: host.clock,
  });
  const mail = makeMailHandler({
    file: host.mailFile,
    topics: new Set(made.all(snsTopic).map(({ attributes }) => String(attributes.Ref))),
    clock: host.clock,
  });
  return new Map([
    [S3_PATH, s3],
    [LAMBDA_PATH, lambda],
    [SNS_PATH, mail],
  ]);
}

/** The guard for signed links by session token, which is the name of a function's role. */
function guardsOfSessions(made: MadeResources): (session_token: string) => Watch | undefined {
  const folder = process.env[RECORD_VARIABLE];
  const guards = new Map(
    made.all(lambdaFunction).flatMap(({ value: { rights } }) => {
      if (!rights) return [];
      const record = folder === undefined ? {} : recordRights(folder, rights.role);
      return [[rights.role, makeGuard(rights, record)] as const];
    }),
  );
  return session_token => guards.get(session_token);
}
