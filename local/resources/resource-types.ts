import type { z } from 'zod';
import {
  apiKeySchema,
  apiSchema,
  dataSourceSchema,
  functionConfigurationSchema,
  graphqlSchemaSchema,
  resolverSchema,
} from './appsync-schemas.ts';
import { bucketSchema } from './bucket-schema.ts';
import { poolClientSchema, poolGroupSchema, userPoolSchema } from './cognito-schemas.ts';
import { eventSourceMappingSchema } from './event-source-mapping-schema.ts';
import { eventInvokeConfigSchema, functionSchema } from './function-schema.ts';
import { queueSchema } from './queue-schema.ts';
import { scheduleGroupSchema, scheduleSchema } from './schedule-schema.ts';
import { streamSchema } from './stream-schema.ts';
import { tableSchema } from './table-schema.ts';

/** Every type of resource that runs here, with all properties of it that are known. */
export const RUNNING_TYPES: Record<string, z.ZodType> = {
  'AWS::AppSync::ApiKey': apiKeySchema,
  'AWS::AppSync::DataSource': dataSourceSchema,
  'AWS::AppSync::FunctionConfiguration': functionConfigurationSchema,
  'AWS::AppSync::GraphQLApi': apiSchema,
  'AWS::AppSync::GraphQLSchema': graphqlSchemaSchema,
  'AWS::AppSync::Resolver': resolverSchema,
  'AWS::Cognito::UserPool': userPoolSchema,
  'AWS::Cognito::UserPoolClient': poolClientSchema,
  'AWS::Cognito::UserPoolGroup': poolGroupSchema,
  'AWS::DynamoDB::Table': tableSchema,
  'AWS::Kinesis::Stream': streamSchema,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfigSchema,
  'AWS::Lambda::EventSourceMapping': eventSourceMappingSchema,
  'AWS::Lambda::Function': functionSchema,
  'AWS::S3::Bucket': bucketSchema,
  'AWS::SQS::Queue': queueSchema,
  'AWS::Scheduler::Schedule': scheduleSchema,
  'AWS::Scheduler::ScheduleGroup': scheduleGroupSchema,
};

/** Types of resources that are known and do nothing on one machine, with the reason. */
export const TYPES_WITHOUT_EFFECT: Record<string, string> = {
  'AWS::CDK::Metadata': 'says which constructs were used',
  'AWS::CloudWatch::Alarm': 'nobody is woken up by one machine; errors are printed',
  'AWS::CloudWatch::CompositeAlarm': 'nobody is woken up by one machine; errors are printed',
  'AWS::CloudWatch::Dashboard': 'there are no metrics of the cloud here',
  'AWS::Cognito::UserPoolDomain': 'people sign in at the local sign-in endpoint',
  'AWS::IAM::ManagedPolicy':
    'functions run with the rights of whoever started them; a test reads the policies',
  'AWS::IAM::Policy': 'functions run with the rights of whoever started them; a test reads the policies',
  'AWS::IAM::Role': 'functions run with the rights of whoever started them; a test reads the policies',
  'AWS::Lambda::Permission': 'whoever is on this machine may call its functions',
  'AWS::Logs::LogGroup': 'logs are files here',
  'AWS::Logs::MetricFilter': 'there are no metrics of the cloud here',
  'AWS::S3::BucketPolicy': 'whoever is on this machine may sign for its buckets',
  'AWS::SNS::Subscription': 'nobody is mailed from one machine',
  'AWS::SNS::Topic': 'nobody is mailed from one machine',
  'AWS::SNS::TopicPolicy': 'nobody is mailed from one machine',
  'AWS::SQS::QueuePolicy': 'whoever is on this machine may use its queues',
};
