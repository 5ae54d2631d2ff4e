import { z } from 'zod';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { API_ID, REGION } from '../../aws/account.ts';
import { arn } from '../../aws/arn.ts';
import { createGateway, type Gateway } from '../../gateway/gateway.ts';
import type { ApiOptions, AuthMode } from '../../gateway/gateway-options.ts';
import { TemplateError } from '../../template/template-error.ts';
import { noEffect, TAGS } from '../no-effect.ts';
import type { Making, ResourceType } from '../resource-type.ts';
import { appsyncApiKey } from './appsync-api-key.ts';
import { appsyncDataSource } from './appsync-data-source.ts';
import { appsyncFunctionConfiguration } from './appsync-function-configuration.ts';
import { appsyncGraphqlSchema } from './appsync-graphql-schema.ts';
import { appsyncResolver } from './appsync-resolver.ts';
import { cognitoUserPoolClient } from './cognito-user-pool-client.ts';

const userPoolConfig = z.strictObject({
  UserPoolId: z.string(),
  AwsRegion: noEffect('there is one region here'),
  DefaultAction: z.enum(['ALLOW', 'DENY']).optional(),
  AppIdClientRegex: z.undefined("a pattern of client ids isn't known to the one-machine runtime").optional(),
});

const apiSchema = z.strictObject({
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

type ApiProperties = z.output<typeof apiSchema>;

/**
 * Its value is the gateway: the GraphQL endpoints with their schema, data sources and resolvers.
 */
export const appsyncGraphqlApi: ResourceType<ApiProperties, Gateway> = {
  type: 'AWS::AppSync::GraphQLApi',
  schema: apiSchema,
  after: [
    appsyncApiKey,
    appsyncDataSource,
    appsyncFunctionConfiguration,
    appsyncGraphqlSchema,
    appsyncResolver,
    cognitoUserPoolClient,
  ],
  attributes(_, { server }) {
    const Arn = arn('appsync', `apis/${API_ID}`);
    const GraphQLUrl = `${server}${GRAPHQL_PATH}`;
    const RealtimeUrl = `${GraphQLUrl.replace('http:', 'ws:')}/realtime`;
    return { Ref: Arn, Arn, ApiId: API_ID, GraphQLUrl, RealtimeUrl };
  },
  make: making => ({ value: makeGateway(making) }),
};

const GRAPHQL_PATH = '/graphql';

function makeGateway(making: Making<ApiProperties>): Gateway {
  const { resource, made, host } = making;
  const [schema, ...otherSchemas] = made.all(appsyncGraphqlSchema);
  if (!schema || otherSchemas.length > 0) {
    throw new TemplateError(resource.stack, 'an API needs exactly one AWS::AppSync::GraphQLSchema');
  }
  return createGateway({
    schema_sdl: schema.value,
    api: apiOptions(making),
    resolvers: made.all(appsyncResolver).map(({ value }) => value),
    functions: Object.fromEntries(
      made.all(appsyncFunctionConfiguration).map(({ attributes, value }) => [attributes.FunctionId!, value]),
    ),
    dataSources: Object.fromEntries(made.all(appsyncDataSource).map(({ value }) => value)),
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
    log: host.onTrouble,
    path: GRAPHQL_PATH,
  });
}

function apiOptions(making: Making<ApiProperties>): ApiOptions {
  const { properties } = making;
  return {
    defaultMode: authMode(properties, making),
    additionalModes: properties.AdditionalAuthenticationProviders.map(mode => authMode(mode, making)),
    queryDepthLimit: properties.QueryDepthLimit,
    resolverCountLimit: properties.ResolverCountLimit,
    introspection: properties.IntrospectionConfig === 'ENABLED',
    environment: properties.EnvironmentVariables,
  };
}

type ModeProperties = Pick<ApiProperties, 'AuthenticationType' | 'UserPoolConfig'>;

function authMode(
  { AuthenticationType, UserPoolConfig }: ModeProperties,
  { made, host: { engines } }: Making<ApiProperties>,
): AuthMode {
  if (AuthenticationType === 'AWS_IAM') return { type: 'AWS_IAM' };
  if (AuthenticationType === 'API_KEY') {
    return { type: 'API_KEY', keys: made.all(appsyncApiKey).map(({ value }) => value) };
  }
  const { UserPoolId, DefaultAction } = UserPoolConfig!;
  return {
    type: 'AMAZON_COGNITO_USER_POOLS',
    issuer: engines.cognito.issuer(UserPoolId),
    jwksUri: engines.cognito.jwksUri(UserPoolId),
    clientIds: made
      .all(cognitoUserPoolClient)
      .filter(({ value }) => value.UserPoolId === UserPoolId)
      .map(({ attributes }) => attributes.Ref),
    ...(DefaultAction && { defaultAction: DefaultAction }),
  };
}
