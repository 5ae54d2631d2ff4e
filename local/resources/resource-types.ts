import { arn } from '../aws/arn.ts';
import type { Resource } from '../template/deployment.ts';
import { TemplateError } from '../template/template-error.ts';
import type { ResourceType, TypeWithoutEffect } from './resource-type.ts';
import { appsyncApiKey } from './types/appsync-api-key.ts';
import { appsyncDataSource } from './types/appsync-data-source.ts';
import { appsyncFunctionConfiguration } from './types/appsync-function-configuration.ts';
import { appsyncGraphqlApi } from './types/appsync-graphql-api.ts';
import { appsyncGraphqlSchema } from './types/appsync-graphql-schema.ts';
import { appsyncResolver } from './types/appsync-resolver.ts';
import { cognitoUserPool } from './types/cognito-user-pool.ts';
import { cognitoUserPoolClient } from './types/cognito-user-pool-client.ts';
import { cognitoUserPoolGroup } from './types/cognito-user-pool-group.ts';
import { dynamodbTable } from './types/dynamodb-table.ts';
import { iamManagedPolicy, iamPolicy } from './types/iam-policy.ts';
import { iamRole } from './types/iam-role.ts';
import { kinesisStream } from './types/kinesis-stream.ts';
import { lambdaAlias } from './types/lambda-alias.ts';
import { lambdaEventInvokeConfig } from './types/lambda-event-invoke-config.ts';
import { lambdaEventSourceMapping } from './types/lambda-event-source-mapping.ts';
import { lambdaFunction } from './types/lambda-function.ts';
import { s3Bucket } from './types/s3-bucket.ts';
import { schedulerSchedule } from './types/scheduler-schedule.ts';
import { schedulerScheduleGroup } from './types/scheduler-schedule-group.ts';
import { snsTopic } from './types/sns-topic.ts';
import { sqsQueue } from './types/sqs-queue.ts';
import { withoutEffect } from './without-effect.ts';

/** All types of resources that run here. */
export const RUNNING_TYPES: readonly ResourceType[] = [
  appsyncApiKey,
  appsyncDataSource,
  appsyncFunctionConfiguration,
  appsyncGraphqlApi,
  appsyncGraphqlSchema,
  appsyncResolver,
  cognitoUserPool,
  cognitoUserPoolClient,
  cognitoUserPoolGroup,
  dynamodbTable,
  iamManagedPolicy,
  iamPolicy,
  iamRole,
  kinesisStream,
  lambdaAlias,
  lambdaEventInvokeConfig,
  lambdaEventSourceMapping,
  lambdaFunction,
  s3Bucket,
  schedulerSchedule,
  schedulerScheduleGroup,
  snsTopic,
  sqsQueue,
];

const CONSOLE = 'the server of npm start serves the console';
const ALARM = 'one machine alarms no one; errors are printed';
const METRICS = 'there are no metrics of the cloud here';
const FIREWALL = 'only this machine reaches the loopback';
const MAIL = 'no mail is sent from one machine';
const ONE_VERSION = 'the code in the assembly is the only version here';

/** All known types without effect on one machine. */
const TYPES_WITHOUT_EFFECT: readonly TypeWithoutEffect[] = [
  withoutEffect('AWS::CDK::Metadata', 'it only lists the constructs that were used'),
  withoutEffect('AWS::CloudFront::Distribution', CONSOLE, name => ({
    Ref: name,
    DomainName: `${name.toLowerCase()}.cloudfront.net`,
  })),
  withoutEffect('AWS::CloudFront::Function', CONSOLE),
  withoutEffect('AWS::CloudFront::OriginAccessControl', CONSOLE),
  withoutEffect('AWS::CloudFront::ResponseHeadersPolicy', CONSOLE),
  withoutEffect('AWS::CloudWatch::Alarm', ALARM),
  withoutEffect('AWS::CloudWatch::CompositeAlarm', ALARM),
  withoutEffect('AWS::CloudWatch::Dashboard', METRICS),
  withoutEffect('AWS::CodeDeploy::Application', ONE_VERSION),
  withoutEffect('AWS::CodeDeploy::DeploymentGroup', ONE_VERSION),
  withoutEffect('AWS::Cognito::UserPoolDomain', 'people sign in at the local sign-in endpoint'),
  withoutEffect('Custom::PublishedConsole', CONSOLE),
  withoutEffect('AWS::Lambda::Permission', 'anyone on this machine may call its functions'),
  withoutEffect('AWS::Lambda::Version', ONE_VERSION, name => ({
    Ref: arn('lambda', `function:${name}`),
    Version: '1',
  })),
  withoutEffect('AWS::Logs::LogGroup', 'logs are files here'),
  withoutEffect('AWS::Logs::MetricFilter', METRICS),
  withoutEffect('AWS::S3::BucketPolicy', 'anyone on this machine may sign for its buckets'),
  withoutEffect('AWS::SNS::Subscription', MAIL),
  withoutEffect('AWS::SNS::TopicPolicy', MAIL),
  withoutEffect('AWS::SQS::QueuePolicy', 'anyone on this machine may use its queues'),
  withoutEffect('AWS::WAFv2::WebACL', FIREWALL),
  withoutEffect('AWS::WAFv2::WebACLAssociation', FIREWALL),
];

const KNOWN_TYPES = new Map(
  [...RUNNING_TYPES, ...TYPES_WITHOUT_EFFECT].map(known => [known.type, known] as const),
);

/**
 * The type of a resource.
 * @throws TemplateError if it is unknown
 */
export function typeOf({ stack, logicalId, type }: Resource): ResourceType | TypeWithoutEffect {
  const known = KNOWN_TYPES.get(type);
  if (known) return known;
  throw new TemplateError(
    `${stack}.${logicalId}`,
    `the one-machine runtime does not support resources of type ${type}; add the type in local/resources/resource-types.ts, or remove the resource`,
  );
}
