import type { Gateway } from '../gateway/gateway.ts';
import type { LambdaFunction } from '../lambda/lambda-function.ts';
import type { Queue } from '../queues/queue.ts';
import { shortName } from '../resources/physical-name.ts';
import type { Ending, Host, MadeResource, MadeResources } from '../resources/resource-type.ts';
import { appsyncGraphqlApi } from '../resources/types/appsync-graphql-api.ts';
import { cognitoUserPool } from '../resources/types/cognito-user-pool.ts';
import { cognitoUserPoolClient } from '../resources/types/cognito-user-pool-client.ts';
import { cognitoUserPoolGroup } from '../resources/types/cognito-user-pool-group.ts';
import { dynamodbTable } from '../resources/types/dynamodb-table.ts';
import { kinesisStream } from '../resources/types/kinesis-stream.ts';
import { lambdaFunction } from '../resources/types/lambda-function.ts';
import { sqsQueue } from '../resources/types/sqs-queue.ts';
import type { CloudAssembly } from '../template/cloud-assembly.ts';
import { makeResources } from './make-resources.ts';
import { endpointVariables, makeServices, type ServiceHandler } from './services.ts';
import { createSignIn, type SignIn } from './sign-ins.ts';

export interface ProvisionOptions extends Omit<Host, 'assetFolders' | 'endpointVariables'> {
  assembly: CloudAssembly;
  signIns: readonly SignIn[];
}

/** The deployed resources, running. */
export interface Provisioned {
  /** Functions by short name, such as "ingest". */
  functions: Map<string, LambdaFunction>;
  queues: Map<string, Queue>;
  gateway: Gateway;
  /** Services of AWS that this process serves itself, by the prefix of their paths. */
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

/** Makes all resources of the assembly, in the engines and in this process. */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const { assembly, signIns, ...rest } = options;
  const host: Host = {
    ...rest,
    assetFolders: assembly.assetFolders,
    endpointVariables: endpointVariables(options),
  };
  const { made, start } = await makeResources(assembly, host);
  const parts = partsOf(made);
  for (const signIn of signIns) {
    await createSignIn(host.engines.cognito.endpoint, parts.userPoolId, signIn);
  }
  let endings: Ending[] = [];
  return {
    ...parts,
    services: makeServices(made, host),
    async start() {
      endings = await start();
    },
    async stop() {
      const ended = endings.map(end => end());
      await parts.gateway.close();
      await Promise.all([...parts.functions.values()].map(lambda => lambda.stop()));
      await Promise.all(ended);
    },
  };
}

function partsOf(made: MadeResources): Omit<Provisioned, 'services' | 'start' | 'stop'> {
  const api = made.theOnly(appsyncGraphqlApi);
  return {
    functions: byShortName(made.all(lambdaFunction), ({ value }) => value),
    queues: byShortName(made.all(sqsQueue), ({ value }) => value),
    tables: byShortName(made.all(dynamodbTable), ({ attributes }) => attributes.Ref),
    gateway: api.value,
    graphqlUrl: api.attributes.GraphQLUrl!,
    streamName: made.theOnly(kinesisStream).attributes.Ref,
    userPoolId: made.theOnly(cognitoUserPool).attributes.Ref,
    userPoolClientId: made.theOnly(cognitoUserPoolClient).attributes.Ref,
    groups: made.all(cognitoUserPoolGroup).map(({ attributes }) => attributes.Ref),
  };
}

function byShortName<Value, Part>(
  resources: MadeResource<Value>[],
  part: (made: MadeResource<Value>) => Part,
): Map<string, Part> {
  return new Map(resources.map(made => [shortName(made.resource.logicalId), part(made)]));
}
