import { z } from 'zod';
import { noEffect, TAGS } from './no-effect.ts';

const userPoolConfig = z.strictObject({
  UserPoolId: z.string(),
  AwsRegion: noEffect('there is one region here'),
  DefaultAction: z.enum(['ALLOW', 'DENY']).optional(),
  AppIdClientRegex: z.undefined('a pattern of client ids isn’t known to the one-machine runtime').optional(),
});

export const apiSchema = z.strictObject({
  Name: z.string(),
  AuthenticationType: z.enum(['AMAZON_COGNITO_USER_POOLS', 'AWS_IAM', 'API_KEY']),
  UserPoolConfig: userPoolConfig.optional(),
  AdditionalAuthenticationProviders: z
    .array(
      z.strictObject({
        AuthenticationType: z.enum(['AMAZON_COGNITO_USER_POOLS', 'AWS_IAM', 'API_KEY']),
        UserPoolConfig: userPoolConfig.optional(),
      }),
    )
    .default([]),
  QueryDepthLimit: z.int().default(0),
  ResolverCountLimit: z.int().default(0),
  IntrospectionConfig: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  EnvironmentVariables: z.record(z.string(), z.string()).default({}),
  Visibility: noEffect('the loopback is private'),
  LogConfig: noEffect('faults of resolvers are printed'),
  XrayEnabled: noEffect('there is no X-Ray here'),
  Tags: TAGS,
});

export type ApiProperties = z.output<typeof apiSchema>;

export const graphqlSchemaSchema = z.strictObject({ ApiId: z.string(), Definition: z.string() });

export const apiKeySchema = z.strictObject({
  ApiId: z.string(),
  ApiKeyId: z.string().optional(),
  /** Seconds since the epoch. */
  Expires: z.number().optional(),
  Description: noEffect('for people'),
});

export const dataSourceSchema = z.strictObject({
  ApiId: z.string(),
  Name: z.string(),
  Type: z.enum(['AWS_LAMBDA', 'NONE']),
  LambdaConfig: z.strictObject({ LambdaFunctionArn: z.string() }).optional(),
  ServiceRoleArn: noEffect('whoever is on this machine may call its functions'),
  Description: noEffect('for people'),
});

const runtime = z.strictObject({
  Name: z.literal('APPSYNC_JS', 'only resolvers in JavaScript run here'),
  RuntimeVersion: z.literal('1.0.0'),
});

export const resolverSchema = z.strictObject({
  ApiId: z.string(),
  TypeName: z.string(),
  FieldName: z.string(),
  Kind: z.enum(['UNIT', 'PIPELINE']).default('UNIT'),
  DataSourceName: z.string().optional(),
  PipelineConfig: z.strictObject({ Functions: z.array(z.string()).default([]) }).optional(),
  Code: z.string(),
  Runtime: runtime,
});

export const functionConfigurationSchema = z.strictObject({
  ApiId: z.string(),
  Name: z.string(),
  DataSourceName: z.string(),
  Code: z.string(),
  Runtime: runtime,
  Description: noEffect('for people'),
});
