import { readFileSync } from 'node:fs';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import {
  AuthorizationType,
  Code,
  Definition,
  FunctionRuntime,
  GraphqlApi,
  IntrospectionConfig,
  UserPoolDefaultAction,
} from 'aws-cdk-lib/aws-appsync';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { alarmOnInternalErrors } from './alarm-on-internal-errors.ts';
import { alarmOnLostPaths } from './alarm-on-lost-paths.ts';
import { ALARM_PERIOD } from './alarm-topic.ts';
import type { DataStack } from './data-stack.ts';
import type { ExportStack } from './export-stack.ts';
import type { FlowLogStack } from './flow-log-stack.ts';
import { GradualFunction } from './gradual-function.ts';
import { allowCommands, allowReading, EDGE_QUERIES, edgeCommandsCode } from './machine-access.ts';
import { operationFields } from './operation-fields.ts';
import { logRequests } from './request-log.ts';
import { reserve } from './reserved-concurrency.ts';
import type { Settings } from './settings.ts';
import {
  cacheEnvironment,
  retentionEnvironment,
  silenceEnvironment,
  webhookEnvironment,
} from './shared-environment.ts';
import { SignIn } from './sign-in.ts';
import {
  grantAppend,
  grantCaching,
  grantRead,
  grantReadNetwork,
  grantWriteExcept,
  grantWriteNetwork,
} from './table-grants.ts';
import { WebFirewall } from './web-firewall.ts';

const SCHEMA_FILE = 'graphql/schema.graphql';
const RESOLVER_FILE = 'graphql/resolver.js';
const EDGE_COMMANDS_FILE = 'graphql/edge-commands.js';
const PUBLISH_FILE = 'graphql/publish.js';

/**
 * Partitions of counted data, except lanes and boots, and of data that is derived from it. `EDGE`,
 * the list of edges that have ever reported, is not among them: the Network table has a partition
 * of the same name, and an edge is registered in one transaction with the token of the request,
 * which is put into this table.
 */
const COUNTED = [
  ...['IDLE#*', 'COUNTER#*', 'QUARANTINE', 'QUARANTINE#*'],
  ...['SNAPSHOT', 'LATE', 'SAMPLE#*', 'LANES#*', 'FLOWS#*'],
];

/**
 * The function's calls of the user pool: it looks people up, and changes users for administrators.
 */
const USER_CALLS = [
  ...['AdminGetUser', 'ListUsers', 'ListUsersInGroup', 'AdminListGroupsForUser', 'AdminCreateUser'],
  ...['AdminAddUserToGroup', 'AdminRemoveUserFromGroup'],
  ...['AdminEnableUser', 'AdminDisableUser', 'AdminUserGlobalSignOut'],
].map(call => `cognito-idp:${call}`);

export interface ApiStackProps {
  settings: Settings;
  data: DataStack;
  exports: ExportStack;
  flows: FlowLogStack;
}

/**
 * GraphQL for people (Cognito groups) and machines (IAM). Every operation goes through one resolver
 * to one function.
 */
export class ApiStack extends Stack {
  readonly api: GraphqlApi;
  readonly signIn: SignIn;

  constructor(scope: Construct, id: string, { settings, data, exports, flows }: ApiStackProps) {
    super(scope, id, { description: 'Patronus: sign-in and GraphQL API' });
    this.signIn = new SignIn(this, 'SignIn', settings);
    this.api = this.makeApi(data);
    if (settings.request_log) logRequests(this.api);
    if (settings.firewall_requests > 0) this.addFirewall(settings);
    this.attachResolvers(this.makeFunction({ settings, data, exports, flows }), settings);
    this.addOutputs(this.allowMachines());
  }

  private makeApi({ alarms, stage }: DataStack): GraphqlApi {
    const api = new GraphqlApi(this, 'Api', {
      name: stage.id,
      definition: Definition.fromFile(SCHEMA_FILE),
      authorizationConfig: {
        defaultAuthorization: {
          authorizationType: AuthorizationType.USER_POOL,
          userPoolConfig: { userPool: this.signIn.pool, defaultAction: UserPoolDefaultAction.ALLOW },
        },
        additionalAuthorizationModes: [{ authorizationType: AuthorizationType.IAM }],
      },
      introspectionConfig: stage.production ? IntrospectionConfig.DISABLED : IntrospectionConfig.ENABLED,
      queryDepthLimit: 8,
      resolverCountLimit: 50,
    });
    alarms.add(api, 'ServerErrors', {
      metric: new Metric({
        namespace: 'AWS/AppSync',
        metricName: '5XXError',
        dimensionsMap: { GraphQLAPIId: api.apiId },
        statistic: Stats.SUM,
        period: ALARM_PERIOD,
      }),
      above: 0,
      description: 'The GraphQL API answered with server errors: see the log of the api function.',
    });
    return api;
  }

  private addFirewall({ firewall_requests }: Settings): void {
    new WebFirewall(this, 'Firewall', {
      requests_an_address: firewall_requests,
      protects: { Api: this.api.arn, SignIn: this.signIn.pool.userPoolArn },
    });
  }

  private makeFunction({ settings, data, exports, flows }: ApiStackProps): GradualFunction {
    const fn = new GradualFunction(this, 'ApiFunction', {
      folder: 'api',
      data,
      description: 'Answers every query and mutation',
      // AppSync waits 30 s for a request: the function must answer before.
      timeout: Duration.seconds(28),
      memory: 1024,
      ...reserve(settings, settings.api_concurrency),
      environment: {
        USER_POOL_ID: this.signIn.pool.userPoolId,
        FLOW_BUCKET: flows.bucket.bucketName,
        EXPORT_BUCKET: exports.bucket.bucketName,
        EXPORT_FUNCTION: exports.exporter.functionName,
        EXPORT_RETENTION_DAYS: String(settings.export_retention_days),
        FLOW_LOG_MASK_HOSTS: settings.flow_log_mask_hosts ? 'on' : 'off',
        FLOW_LOG_TTL_HOURS: String(settings.flow_log_ttl_hours),
        QUERY_BUDGET: String(settings.query_budget),
        CURRENCY: settings.currency,
        EDGE_ROLES: settings.edge_roles.join(','),
        ...silenceEnvironment(settings),
        ...webhookEnvironment(settings),
        ...cacheEnvironment(settings),
        ...retentionEnvironment(settings),
      },
    });
    this.signIn.pool.grant(fn, ...USER_CALLS);
    grantReadNetwork(data.network, fn, ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem']);
    grantWriteNetwork(data.network, fn);
    grantAppend(data.audit, fn);
    grantRead(data.traffic, fn, ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem']);
    // Resets, voids, failovers, exports and erasures write their items there. A void also closes a
    // boot in its lanes and blocks it; the function can only read all other counted data.
    grantWriteExcept(data.traffic, fn, { except: COUNTED });
    flows.grantReading(fn);
    grantCaching(data.cache, fn);
    // Statistics count the entries of the caches.
    grantRead(data.cache, fn, ['Query']);
    exports.grantDispatch(fn);
    exports.grantLinks(fn);
    alarmOnLostPaths(data.alarms, fn);
    fn.deployGradually(settings, [alarmOnInternalErrors(data.alarms, fn)]);
    return fn;
  }

  private attachResolvers(fn: GradualFunction, { edge_roles }: Settings): void {
    const source = this.api.addLambdaDataSource('ApiSource', fn);
    // The permission to invoke stays that of earlier releases, which covers every version and
    // alias.
    source.ds.lambdaConfig = { lambdaFunctionArn: fn.live.functionArn };
    const nothing = this.api.addNoneDataSource('Publications');
    const code = Code.fromInline(readFileSync(RESOLVER_FILE, 'utf8'));
    const publication = Code.fromInline(readFileSync(PUBLISH_FILE, 'utf8'));
    for (const { typeName, fieldName, published } of operationFields(readFileSync(SCHEMA_FILE, 'utf8'))) {
      (published ? nothing : source).createResolver(`${typeName}-${fieldName}`, {
        typeName,
        fieldName,
        runtime: FunctionRuntime.JS_1_0_0,
        code: published ? publication : code,
      });
    }
    nothing.createResolver('Subscription-edgeCommands', {
      typeName: 'Subscription',
      fieldName: 'edgeCommands',
      runtime: FunctionRuntime.JS_1_0_0,
      code: Code.fromInline(edgeCommandsCode(readFileSync(EDGE_COMMANDS_FILE, 'utf8'), edge_roles)),
    });
  }

  private allowMachines(): ManagedPolicy {
    const queries = operationFields(readFileSync(SCHEMA_FILE, 'utf8')).filter(
      ({ typeName, fieldName, machines }) =>
        typeName === 'Query' && machines && !EDGE_QUERIES.includes(fieldName),
    );
    return allowReading(
      this,
      this.api,
      queries.map(({ fieldName }) => fieldName),
    );
  }

  private addOutputs(machines: ManagedPolicy): void {
    const outputs = {
      MachinePolicyArn: machines.managedPolicyArn,
      EdgeCommandsPolicyArn: allowCommands(this, this.api).managedPolicyArn,
      GraphqlUrl: this.api.graphqlUrl,
      Region: this.region,
      UserPoolId: this.signIn.pool.userPoolId,
      UserPoolClientId: this.signIn.client.userPoolClientId,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
