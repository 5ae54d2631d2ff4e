import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { REGION } from '../aws/account.ts';
import type { CognitoEngine } from '../engines/cognito.ts';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import type { ApiOptions, AuthMode, DataSource, ResolverDefinition } from '../gateway/gateway-options.ts';
import type { LambdaFunction } from '../lambda/lambda-function.ts';
import type { ApiProperties } from '../resources/appsync-schemas.ts';
import {
  apiKeySchema,
  dataSourceSchema,
  functionConfigurationSchema,
  graphqlSchemaSchema,
  resolverSchema,
} from '../resources/appsync-schemas.ts';
import { poolClientSchema } from '../resources/cognito-schemas.ts';
import { parseProperties } from '../resources/parse-properties.ts';
import type { Deployment, Resource } from '../template/deployment.ts';
import { TemplateError } from '../template/template-error.ts';
import type { PhysicalNames } from './physical-names.ts';

export interface ApiSetting {
  deployment: Deployment;
  names: PhysicalNames;
  api: Resource;
  properties: ApiProperties;
  cognito: CognitoEngine;
  functionByArn(arn: string): LambdaFunction;
  log: (message: string, details: Record<string, unknown>) => void;
}

/** Makes the GraphQL endpoints of the API in the template, with its schema, data sources and resolvers. */
export function makeApi(setting: ApiSetting): Gateway {
  const { deployment, names, properties, log } = setting;
  const ofType = (type: string): Resource[] =>
    deployment.resources.filter(resource => resource.type === `AWS::AppSync::${type}`);
  const [schema, ...otherSchemas] = ofType('GraphQLSchema');
  if (!schema || otherSchemas.length > 0) {
    throw new TemplateError(setting.api.stack, 'an API needs exactly one AWS::AppSync::GraphQLSchema');
  }
  const resolvers = ofType('Resolver').map((resource): ResolverDefinition => {
    const { TypeName, FieldName, Code, DataSourceName, PipelineConfig } = parseProperties(
      deployment,
      resource,
      resolverSchema,
    );
    const field = { typeName: TypeName, fieldName: FieldName, code: Code };
    return DataSourceName === undefined
      ? { ...field, pipeline: PipelineConfig?.Functions ?? [] }
      : { ...field, dataSource: DataSourceName };
  });
  const functions = ofType('FunctionConfiguration').map(resource => {
    const { Code, DataSourceName } = parseProperties(deployment, resource, functionConfigurationSchema);
    return [names.get(resource).FunctionId!, { code: Code, dataSource: DataSourceName }] as const;
  });
  return createGateway({
    schema_sdl: parseProperties(deployment, schema, graphqlSchemaSchema).Definition,
    api: apiOptions(setting),
    resolvers,
    functions: Object.fromEntries(functions),
    dataSources: Object.fromEntries(ofType('DataSource').map(resource => dataSource(setting, resource))),
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
    log,
    path: new URL(names.get(setting.api).GraphQLUrl!).pathname,
  });

  function apiOptions({ cognito }: ApiSetting): ApiOptions {
    const modeOf = (mode: ModeProperties): AuthMode => authMode(mode, { deployment, names, cognito });
    return {
      defaultMode: modeOf(properties),
      additionalModes: properties.AdditionalAuthenticationProviders.map(modeOf),
      queryDepthLimit: properties.QueryDepthLimit,
      resolverCountLimit: properties.ResolverCountLimit,
      introspection: properties.IntrospectionConfig === 'ENABLED',
      environment: properties.EnvironmentVariables,
    };
  }
}

function dataSource(
  { deployment, functionByArn }: ApiSetting,
  resource: Resource,
): readonly [string, DataSource] {
  const { Name, Type, LambdaConfig } = parseProperties(deployment, resource, dataSourceSchema);
  if (Type === 'NONE') return [Name, { type: 'NONE' }];
  const target = functionByArn(LambdaConfig!.LambdaFunctionArn);
  return [Name, { type: 'AWS_LAMBDA', invoke: event => target.invoke(event).then(({ result }) => result) }];
}

type ModeProperties = Pick<ApiProperties, 'AuthenticationType' | 'UserPoolConfig'>;

function authMode(
  { AuthenticationType, UserPoolConfig }: ModeProperties,
  { deployment, names, cognito }: Pick<ApiSetting, 'deployment' | 'names' | 'cognito'>,
): AuthMode {
  if (AuthenticationType === 'AWS_IAM') return { type: 'AWS_IAM' };
  if (AuthenticationType === 'API_KEY') {
    const keys = deployment.resources.filter(({ type }) => type === 'AWS::AppSync::ApiKey');
    return { type: 'API_KEY', keys: keys.map(key => apiKey(deployment, names, key)) };
  }
  const poolId = UserPoolConfig!.UserPoolId;
  return {
    type: 'AMAZON_COGNITO_USER_POOLS',
    issuer: cognito.issuer(poolId),
    jwksUri: cognito.jwksUri(poolId),
    clientIds: deployment.resources
      .filter(({ type }) => type === 'AWS::Cognito::UserPoolClient')
      .filter(client => parseProperties(deployment, client, poolClientSchema).UserPoolId === poolId)
      .map(client => names.get(client).Ref),
    ...(UserPoolConfig!.DefaultAction && { defaultAction: UserPoolConfig!.DefaultAction }),
  };
}

const WEEK_MS = 7 * 86_400_000;

function apiKey(deployment: Deployment, names: PhysicalNames, resource: Resource) {
  const { Expires } = parseProperties(deployment, resource, apiKeySchema);
  return {
    id: names.get(resource).ApiKey!,
    expiresAtMs: Expires === undefined ? Date.now() + WEEK_MS : Expires * 1000,
  };
}
