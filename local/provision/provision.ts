import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import type { Clock, Sleep } from '../../core/time/clock.ts';
import type { Schedule } from '../../core/time/schedule.ts';
import { REGION } from '../aws/account.ts';
import type { CognitoEngine } from '../engines/cognito.ts';
import type { EventSource } from '../event-sources/stream-event-source.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { FunctionFailure } from '../lambda/function-failure.ts';
import type { FunctionLogs } from '../lambda/function-logs.ts';
import { invokeAsynchronously } from '../lambda/invoke-asynchronously.ts';
import { makeInvokeEndpoint } from '../lambda/invoke-endpoint.ts';
import type { LambdaFunction } from '../lambda/lambda-function.ts';
import { openQueue, type Queue } from '../queues/queue.ts';
import { apiSchema } from '../resources/appsync-schemas.ts';
import { bucketSchema } from '../resources/bucket-schema.ts';
import { poolClientSchema, poolGroupSchema, userPoolSchema } from '../resources/cognito-schemas.ts';
import { eventSourceMappingSchema } from '../resources/event-source-mapping-schema.ts';
import {
  type EventInvokeConfig,
  eventInvokeConfigSchema,
  functionSchema,
} from '../resources/function-schema.ts';
import { parseProperties } from '../resources/parse-properties.ts';
import { scheduleSchema } from '../resources/schedule-schema.ts';
import { streamSchema } from '../resources/stream-schema.ts';
import { tableSchema } from '../resources/table-schema.ts';
import { type ObjectStore, openObjectStore } from '../s3/object-store.ts';
import { makeS3Handler } from '../s3/s3-handler.ts';
import type { CloudAssembly } from '../template/cloud-assembly.ts';
import { makeDeployment, type Resource } from '../template/deployment.ts';
import { TemplateError } from '../template/template-error.ts';
import { makeApi } from './api.ts';
import { startEventSource } from './event-sources.ts';
import { makeFunction } from './functions.ts';
import { arn, makePhysicalNames, physicalName } from './physical-names.ts';
import { startSchedule } from './schedules.ts';
import { shortName } from './short-name.ts';
import { createStream } from './streams.ts';
import { createTable } from './tables.ts';
import { type SignIn, userPools } from './user-pools.ts';

export interface ProvisionOptions {
  assembly: CloudAssembly;
  engines: { dynamodb: string; kinesis: string; cognito: CognitoEngine };
  /** Address of the server that the GraphQL API and the services of this process are mounted in, such as http://127.0.0.1:4000. */
  server: string;
  signIns: readonly SignIn[];
  logs: FunctionLogs;
  /** Folder to keep queues and checkpoints in. */
  dataDirectory?: string | undefined;
  /** Folder for files that are not to be kept. */
  scratchDirectory: string;
  onFunctionFailure(name: string, failure: FunctionFailure): void;
  onQueueMessage(name: string, body: Record<string, unknown>): void;
  onTrouble(what: string, details: unknown): void;
  clock: Clock;
  sleep: Sleep;
  schedule: Schedule;
}

/** Answers a request to a service of this process. Never rejects. */
export type ServiceHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Where the services of this process are, on the server. */
const S3_PATH = '/s3';
const LAMBDA_PATH = '/lambda';

/** The deployed resources, running. */
export interface Provisioned {
  /** Functions by short name, such as "ingest". */
  functions: Map<string, LambdaFunction>;
  queues: Map<string, Queue>;
  gateway: Gateway;
  /** Services of AWS that this process serves itself, by the beginning of their paths. */
  services: Map<string, ServiceHandler>;
  graphqlUrl: string;
  streamName: string;
  userPoolId: string;
  userPoolClientId: string;
  groups: string[];
  /** Physical names of the tables by short name, such as "traffic". */
  tables: Map<string, string>;
  /** Starts event sources and schedules. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes every resource of the assembly in the engines and in this process, what others refer to first. */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const { assembly, engines, server, dataDirectory, logs, clock, sleep, schedule } = options;
  const names = makePhysicalNames();
  const deployment = makeDeployment(assembly, resource => names.get(resource));
  const ofType = (type: string): Resource[] =>
    deployment.resources.filter(resource => resource.type === type);

  const tables = new Map<string, string>();
  const queues = new Map<string, Queue>();
  const queuesByArn = new Map<string, Queue>();
  const functions = new Map<string, LambdaFunction>();
  const functionsByArn = new Map<string, LambdaFunction>();
  const buckets = new Map<string, ObjectStore>();

  await Promise.all([makeTables(), makeStreams(), makeQueues(), makeBuckets(), makeSignIn()]);
  const api = theOnly('AWS::AppSync::GraphQLApi');
  const graphqlUrl = nameApi(api);
  nameFunctions();
  for (const resource of ofType('AWS::Lambda::Function')) makeOneFunction(resource);
  const gateway = makeApi({
    deployment,
    names,
    api,
    properties: parseProperties(deployment, api, apiSchema),
    cognito: engines.cognito,
    functionByArn,
    log: options.onTrouble,
  });

  const sources: EventSource[] = [];
  const schedules: (() => void)[] = [];
  return {
    functions,
    queues,
    gateway,
    services: makeServices(),
    graphqlUrl,
    tables,
    streamName: names.get(theOnly('AWS::Kinesis::Stream')).Ref,
    userPoolId: names.get(theOnly('AWS::Cognito::UserPool')).Ref,
    userPoolClientId: names.get(theOnly('AWS::Cognito::UserPoolClient')).Ref,
    groups: ofType('AWS::Cognito::UserPoolGroup').map(group => names.get(group).Ref),
    async start() {
      for (const resource of ofType('AWS::Lambda::EventSourceMapping')) await startMapping(resource);
      for (const resource of ofType('AWS::Scheduler::Schedule')) startOneSchedule(resource);
    },
    async stop() {
      for (const end of schedules) end();
      const ended = sources.map(source => source.stop());
      await gateway.close();
      await Promise.all([...functions.values()].map(lambda => lambda.stop()));
      await Promise.all(ended);
    },
  };

  async function makeTables(): Promise<void> {
    for (const resource of ofType('AWS::DynamoDB::Table')) {
      const properties = parseProperties(deployment, resource, tableSchema);
      const name = properties.TableName ?? physicalName(resource);
      names.set(resource, { Ref: name, ...(await createTable(engines.dynamodb, name, properties)) });
      tables.set(shortName(resource.logicalId), name);
    }
  }

  async function makeStreams(): Promise<void> {
    for (const resource of ofType('AWS::Kinesis::Stream')) {
      const properties = parseProperties(deployment, resource, streamSchema);
      const name = properties.Name ?? physicalName(resource);
      await createStream(engines.kinesis, name, properties);
      names.set(resource, { Ref: name, Arn: arn('kinesis', `stream/${name}`) });
    }
  }

  async function makeQueues(): Promise<void> {
    for (const resource of ofType('AWS::SQS::Queue')) {
      const name = physicalName(resource);
      const queue = await openQueue({
        name: shortName(resource.logicalId),
        file: dataDirectory && join(dataDirectory, 'queues', `${name}.jsonl`),
        onMessage: options.onQueueMessage,
      });
      const Arn = arn('sqs', name);
      names.set(resource, { Ref: `${server}/queues/${name}`, Arn, QueueName: name });
      queues.set(queue.name, queue);
      queuesByArn.set(Arn, queue);
    }
  }

  async function makeBuckets(): Promise<void> {
    for (const resource of ofType('AWS::S3::Bucket')) {
      const properties = parseProperties(deployment, resource, bucketSchema);
      const name = properties.BucketName ?? physicalName(resource).toLowerCase();
      const folder = join(dataDirectory ?? options.scratchDirectory, 'buckets', name);
      if (dataDirectory === undefined) await rm(folder, { recursive: true, force: true });
      buckets.set(name, await openObjectStore(folder));
      names.set(resource, { Ref: name, Arn: `arn:aws:s3:::${name}` });
    }
  }

  function makeServices(): Map<string, ServiceHandler> {
    const s3 = makeS3Handler({
      prefix: S3_PATH,
      buckets,
      credentials: { ...LOCAL_CREDENTIALS, region: REGION },
      clock,
      log: options.onTrouble,
    });
    const lambda = makeInvokeEndpoint({ prefix: LAMBDA_PATH, take: takeEvents, clock });
    return new Map([
      [S3_PATH, s3],
      [LAMBDA_PATH, lambda],
    ]);
  }

  function takeEvents(functionName: string): ((event: unknown) => void) | undefined {
    const target = functionsByArn.get(functionName);
    if (!target) return undefined;
    const invokeConfig = invokeConfigOf(target);
    const destination = invokeConfig?.DestinationConfig?.OnFailure?.Destination;
    return event =>
      void invokeAsynchronously({
        target,
        event,
        ...(invokeConfig && { maximumRetryAttempts: invokeConfig.MaximumRetryAttempts }),
        onFailed: destination === undefined ? undefined : message => queueByArn(destination).send(message),
        clock,
        sleep,
      });
  }

  async function makeSignIn(): Promise<void> {
    const cognito = userPools(engines.cognito.endpoint);
    for (const resource of ofType('AWS::Cognito::UserPool')) {
      const { UserPoolName, UsernameAttributes, AutoVerifiedAttributes, Schema } = parseProperties(
        deployment,
        resource,
        userPoolSchema,
      );
      const Ref = await cognito.createPool(UserPoolName ?? physicalName(resource), {
        UsernameAttributes,
        AutoVerifiedAttributes,
        ...(Schema && { Schema }),
      });
      const issuer = engines.cognito.issuer(Ref);
      names.set(resource, {
        Ref,
        Arn: arn('cognito-idp', `userpool/${Ref}`),
        UserPoolId: Ref,
        ProviderName: issuer.replace(/^https?:\/\//, ''),
        ProviderURL: issuer,
      });
    }
    for (const resource of ofType('AWS::Cognito::UserPoolClient')) {
      const properties = parseProperties(deployment, resource, poolClientSchema);
      const Ref = await cognito.createClient(properties.ClientName ?? physicalName(resource), properties);
      names.set(resource, { Ref, ClientId: Ref });
    }
    for (const resource of ofType('AWS::Cognito::UserPoolGroup')) {
      const properties = parseProperties(deployment, resource, poolGroupSchema);
      await cognito.createGroup(properties);
      names.set(resource, { Ref: properties.GroupName });
    }
    const pool = names.get(theOnly('AWS::Cognito::UserPool')).Ref;
    for (const signIn of options.signIns) await cognito.createSignIn(pool, signIn);
  }

  function nameApi(resource: Resource): string {
    const ApiId = physicalName(resource);
    const Arn = arn('appsync', `apis/${ApiId}`);
    const GraphQLUrl = `${server}/graphql`;
    const RealtimeUrl = `${GraphQLUrl.replace('http:', 'ws:')}/realtime`;
    names.set(resource, { Ref: Arn, Arn, ApiId, GraphQLUrl, RealtimeUrl });
    for (const key of ofType('AWS::AppSync::ApiKey')) {
      names.set(key, { Ref: arn('appsync', `apikey/${key.logicalId}`), ApiKey: `da2-${key.logicalId}` });
    }
    for (const configuration of ofType('AWS::AppSync::FunctionConfiguration')) {
      const FunctionId = configuration.logicalId;
      names.set(configuration, { Ref: FunctionId, FunctionId });
    }
    for (const source of ofType('AWS::AppSync::DataSource')) {
      names.set(source, { Ref: source.logicalId, Name: String(source.properties.Name) });
    }
    return GraphQLUrl;
  }

  // Functions may name one another: their names are known before their environment is read.
  function nameFunctions(): void {
    for (const resource of ofType('AWS::Lambda::Function')) {
      const name = physicalName(resource);
      names.set(resource, { Ref: name, Arn: arn('lambda', `function:${name}`) });
    }
  }

  function makeOneFunction(resource: Resource): void {
    const name = physicalName(resource);
    const properties = parseProperties(deployment, resource, functionSchema);
    const folder = assembly.assetFolders.get(properties.Code.S3Key);
    if (folder === undefined) {
      throw new TemplateError(`${resource.stack}.${resource.logicalId}`, 'its bundle is not in the assembly');
    }
    const short = shortName(resource.logicalId);
    const lambda = makeFunction({
      name,
      properties,
      folder,
      endpoints: {
        AWS_ENDPOINT_URL_DYNAMODB: engines.dynamodb,
        AWS_ENDPOINT_URL_KINESIS: engines.kinesis,
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: engines.cognito.endpoint,
        AWS_ENDPOINT_URL_S3: `${server}${S3_PATH}`,
        AWS_ENDPOINT_URL_LAMBDA: `${server}${LAMBDA_PATH}`,
        // Any other service: calls end here instead of leaving the machine.
        AWS_ENDPOINT_URL: `${server}/no-such-service`,
      },
      log: logs.writer(short),
      onFailure: failure => options.onFunctionFailure(short, failure),
    });
    functions.set(short, lambda);
    functionsByArn.set(lambda.arn, lambda);
    functionsByArn.set(lambda.name, lambda);
  }

  async function startMapping(resource: Resource): Promise<void> {
    const mapping = parseProperties(deployment, resource, eventSourceMappingSchema);
    if (!mapping.Enabled) return;
    const target = functionByArn(mapping.FunctionName);
    const source = await startEventSource({
      name: physicalName(resource),
      mapping,
      target,
      endpoints: engines,
      queueByArn,
      dataDirectory,
      onTrouble: trouble => options.onTrouble(`reading ${mapping.EventSourceArn}`, trouble),
      clock,
      sleep,
    });
    sources.push(source);
  }

  function startOneSchedule(resource: Resource): void {
    const properties = parseProperties(deployment, resource, scheduleSchema);
    const target = functionByArn(properties.Target.Arn);
    schedules.push(
      startSchedule({
        scheduleArn: arn('scheduler', `schedule/default/${physicalName(resource)}`),
        properties,
        target,
        invokeConfig: invokeConfigOf(target),
        queueByArn,
        clock,
        schedule,
        sleep,
      }),
    );
  }

  function invokeConfigOf(target: LambdaFunction): EventInvokeConfig | undefined {
    return ofType('AWS::Lambda::EventInvokeConfig')
      .map(resource => parseProperties(deployment, resource, eventInvokeConfigSchema))
      .find(({ FunctionName }) => FunctionName === target.name || FunctionName === target.arn);
  }

  function functionByArn(arnOrName: string): LambdaFunction {
    const found = functionsByArn.get(arnOrName);
    if (!found) throw new Error(`The template calls ${arnOrName}, which is no function of it.`);
    return found;
  }

  function queueByArn(queueArn: string): Queue {
    const found = queuesByArn.get(queueArn);
    if (!found) throw new Error(`The template sends to ${queueArn}, which is no queue of it.`);
    return found;
  }

  function theOnly(type: string): Resource {
    const [resource, ...others] = ofType(type);
    if (resource && others.length === 0) return resource;
    throw new Error(
      `The one-machine runtime needs exactly one ${type}, but the template has ${ofType(type).length}.`,
    );
  }
}
