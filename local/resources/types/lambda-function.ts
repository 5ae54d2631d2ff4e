import { z } from 'zod';
import { LOCAL_CREDENTIALS_ENVIRONMENT } from '../../../core/local-credentials.ts';
import { REGION } from '../../aws/account.ts';
import { arn } from '../../aws/arn.ts';
import { findHandler } from '../../lambda/bundle-file.ts';
import { type LambdaFunction, makeLambdaFunction } from '../../lambda/lambda-function.ts';
import { placeOfCalls } from '../../rights/place.ts';
import type { Resource } from '../../template/deployment.ts';
import { TemplateError } from '../../template/template-error.ts';
import { noEffect, TAGS } from '../no-effect.ts';
import { physicalName, shortName } from '../physical-name.ts';
import type { Host, Making, ResourceType } from '../resource-type.ts';
import { cognitoUserPool } from './cognito-user-pool.ts';
import { cognitoUserPoolClient } from './cognito-user-pool-client.ts';
import { cognitoUserPoolGroup } from './cognito-user-pool-group.ts';
import { dynamodbTable } from './dynamodb-table.ts';
import { iamManagedPolicy, iamPolicy, statementsOfRole } from './iam-policy.ts';
import { iamRole } from './iam-role.ts';
import { kinesisStream } from './kinesis-stream.ts';
import { s3Bucket } from './s3-bucket.ts';
import { sqsQueue } from './sqs-queue.ts';

const LAMBDA_DEFAULT_TIMEOUT_SECONDS = 3;
const LAMBDA_DEFAULT_MEMORY_MB = 128;

const functionSchema = z.strictObject({
  FunctionName: z.string().optional(),
  Code: z.strictObject({ S3Bucket: noEffect('the bundle is read from the assembly'), S3Key: z.string() }),
  Handler: z.string().regex(/^[^.]+\.[^.]+$/, 'Handler must be "file.export"'),
  Runtime: z.literal('nodejs24.x', 'only nodejs24.x runs here, as this process itself is Node 24'),
  Timeout: z.int().positive().default(LAMBDA_DEFAULT_TIMEOUT_SECONDS),
  MemorySize: z.int().positive().default(LAMBDA_DEFAULT_MEMORY_MB),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  ReservedConcurrentExecutions: z.int().nonnegative().optional(),
  Architectures: noEffect('the bundles are JavaScript and run anywhere'),
  Description: noEffect('for people'),
  LoggingConfig: noEffect('logs are files here'),
  RecursiveLoop: noEffect('there is no detection of loops here'),
  Role: z.string(),
  TracingConfig: noEffect('there is no X-Ray here'),
  Tags: TAGS,
});

type FunctionProperties = z.output<typeof functionSchema>;

export const lambdaFunction: ResourceType<FunctionProperties, LambdaFunction> = {
  type: 'AWS::Lambda::Function',
  schema: functionSchema,
  // Its role, and everything that an environment can refer to. Functions can also refer to each
  // other, because their names are known before.
  after: [
    dynamodbTable,
    kinesisStream,
    sqsQueue,
    s3Bucket,
    cognitoUserPool,
    cognitoUserPoolClient,
    cognitoUserPoolGroup,
    iamRole,
    iamPolicy,
    iamManagedPolicy,
  ],
  attributes(resource) {
    const name = physicalName(resource);
    return { Ref: name, Arn: arn('lambda', `function:${name}`) };
  },
  make: making => ({ value: makeFunction(making) }),
};

/**
 * Makes a function from its description in the template and its bundle, with Lambda's environment.
 */
function makeFunction({ resource, properties, made, host }: Making<FunctionProperties>): LambdaFunction {
  const { Code, Handler, Timeout, MemorySize, Role, Environment, ReservedConcurrentExecutions } = properties;
  const folder = bundleFolder(resource, Code.S3Key, host);
  const name = physicalName(resource);
  const short = shortName(resource.logicalId);
  const logGroupName = `/aws/lambda/${name}`;
  return makeLambdaFunction({
    ...findHandler(folder, Handler),
    functionName: name,
    functionArn: arn('lambda', `function:${name}`),
    memoryMb: MemorySize,
    timeoutMs: Timeout * 1000,
    reservedConcurrency: ReservedConcurrentExecutions,
    logGroupName,
    log: host.logs.writer(short),
    onFailure: failure => host.onFunctionFailure(short, failure),
    rights: {
      role: short,
      statements: statementsOfRole(made, Role),
      place: placeOfCalls(host.endpointVariables.AWS_ENDPOINT_URL_S3!),
    },
    environment: {
      PATH: process.env.PATH ?? '',
      TZ: ':UTC',
      LANG: 'en_US.UTF-8',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      ...LOCAL_CREDENTIALS_ENVIRONMENT,
      // Identifies the role of signed links.
      AWS_SESSION_TOKEN: short,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: logGroupName,
      LAMBDA_TASK_ROOT: folder,
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      _HANDLER: Handler,
      ...host.endpointVariables,
      ...Environment?.Variables,
    },
  });
}

function bundleFolder({ stack, logicalId }: Resource, objectKey: string, { assetFolders }: Host): string {
  const folder = assetFolders.get(objectKey);
  if (folder !== undefined) return folder;
  throw new TemplateError(`${stack}.${logicalId}`, 'its bundle is not in the assembly');
}
