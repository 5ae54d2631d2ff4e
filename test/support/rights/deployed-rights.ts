import { systemClock, systemSleep } from '../../../core/time/clock.ts';
import { systemSchedule } from '../../../core/time/schedule.ts';
import { arn } from '../../../local/aws/arn.ts';
import { madeResources } from '../../../local/provision/made-resources.ts';
import { parseProperties } from '../../../local/resources/parse-properties.ts';
import { physicalName, shortName } from '../../../local/resources/physical-name.ts';
import type { Host, MadeResources, ResourceType } from '../../../local/resources/resource-type.ts';
import { cognitoUserPool } from '../../../local/resources/types/cognito-user-pool.ts';
import { dynamodbTable } from '../../../local/resources/types/dynamodb-table.ts';
import { iamManagedPolicy, iamPolicy, statementsOfRole } from '../../../local/resources/types/iam-policy.ts';
import { iamRole } from '../../../local/resources/types/iam-role.ts';
import { kinesisStream } from '../../../local/resources/types/kinesis-stream.ts';
import { lambdaAlias } from '../../../local/resources/types/lambda-alias.ts';
import { lambdaFunction } from '../../../local/resources/types/lambda-function.ts';
import { s3Bucket } from '../../../local/resources/types/s3-bucket.ts';
import type { Rights } from '../../../local/rights/guard.ts';
import { placeOfCalls } from '../../../local/rights/place.ts';
import type { CloudAssembly } from '../../../local/template/cloud-assembly.ts';
import {
  type Attributes,
  type Deployment,
  makeDeployment,
  type Resource,
} from '../../../local/template/deployment.ts';

/** A deployed function with its policies. */
export interface DeployedFunction {
  rights: Rights;
  environment: Record<string, string>;
}

/** The stacks with the names of the one-machine runtime; nothing of them was created. */
export interface PlannedDeployment {
  deployment: Deployment;
  made: MadeResources;
  /** By short name, such as "ingest". */
  functions: Record<string, DeployedFunction>;
}

const S3_ENDPOINT = 'http://127.0.0.1/s3';

/**
 * Names that are set only when a resource is created: the same ones, and a placeholder for the id
 * of the user pool.
 */
const NAMES = new Map<ResourceType, (name: string, resource: Resource) => Partial<Attributes>>([
  [
    dynamodbTable,
    name => {
      const Arn = arn('dynamodb', `table/${name}`);
      return { Arn, StreamArn: `${Arn}/stream/1` };
    },
  ],
  [s3Bucket, name => ({ Ref: name.toLowerCase(), Arn: `arn:aws:s3:::${name.toLowerCase()}` })],
  [kinesisStream, name => ({ Arn: arn('kinesis', `stream/${name}`) })],
  [cognitoUserPool, name => ({ Arn: arn('cognito-idp', `userpool/${name}`) })],
  [
    lambdaAlias,
    (_, { stack, properties }) => {
      const { Ref: logicalId } = properties.FunctionName as { Ref: string };
      const target = arn('lambda', `function:${physicalName({ stack, logicalId })}`);
      return { Ref: `${target}:${properties.Name}` };
    },
  ],
] as [ResourceType, (name: string, resource: Resource) => Partial<Attributes>][]);

/** Reads the rights of all functions out of templates, without engines. */
export async function plan(assembly: CloudAssembly): Promise<PlannedDeployment> {
  const host: Host = {
    engines: { dynamodb: '', kinesis: '', cognito: undefined as never },
    server: 'http://127.0.0.1',
    endpointVariables: { AWS_ENDPOINT_URL_S3: S3_ENDPOINT },
    assetFolders: assembly.assetFolders,
    logs: undefined as never,
    mailFile: '',
    scratchDirectory: '',
    onFunctionFailure() {},
    onQueueMessage() {},
    onTrouble() {},
    clock: systemClock,
    sleep: systemSleep,
    schedule: systemSchedule,
  };
  const made = madeResources(host);
  const named = (resource: Resource): Attributes => {
    const names = [...NAMES].find(([{ type }]) => type === resource.type)?.[1];
    if (!names) return known(resource);
    const name = physicalName(resource);
    return { Ref: name, ...names(name, resource) } as Attributes;
  };
  const known = (resource: Resource): Attributes => {
    try {
      return made.attributes(resource);
    } catch {
      // Named when it is created, and in no policy: any text is right.
      const { logicalId } = resource;
      return new Proxy({ Ref: logicalId }, { get: (_, name) => `${logicalId}.${String(name)}` });
    }
  };
  const deployment = makeDeployment(assembly, named);
  const ofType = ({ type }: { type: string }): Resource[] =>
    deployment.resources.filter(resource => resource.type === type);
  for (const type of [iamRole, iamPolicy, iamManagedPolicy] as ResourceType[]) {
    for (const resource of ofType(type)) {
      const properties = parseProperties(deployment, resource, type.schema);
      made.add(type, resource, await type.make!({ resource, properties, made, host }));
    }
  }
  const functions = ofType(lambdaFunction).map(resource => {
    const { Role, Environment } = parseProperties(deployment, resource, lambdaFunction.schema);
    const role = shortName(resource.logicalId);
    const rights = { role, statements: statementsOfRole(made, Role), place: placeOfCalls(S3_ENDPOINT) };
    return [role, { rights, environment: Environment?.Variables ?? {} }] as const;
  });
  return { deployment, made, functions: Object.fromEntries(functions) };
}
