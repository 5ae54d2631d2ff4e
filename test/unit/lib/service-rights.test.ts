import { beforeAll, expect, it } from 'vitest';
import { arn } from '../../../local/aws/arn.ts';
import { physicalName } from '../../../local/resources/physical-name.ts';
import { statementsOfRole } from '../../../local/resources/types/iam-policy.ts';
import { iamRole } from '../../../local/resources/types/iam-role.ts';
import { decide } from '../../../local/rights/decide.ts';
import { readCloudAssembly } from '../../../local/template/cloud-assembly.ts';
import type { Resource } from '../../../local/template/deployment.ts';
import { synthesize } from '../../../local/template/synthesize.ts';
import { type PlannedDeployment, plan } from '../../support/rights/deployed-rights.ts';

/** A right that a service of AWS needs to do its work with a role of ours. */
interface ServiceNeed {
  role: string;
  action: string;
  resource: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a template's properties, with every reference resolved
type Properties = Record<string, any>;

/**
 * The requests of Lambda to a stream whose records it passes to a function.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaKinesisExecutionRole.html
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaDynamoDBExecutionRole.html
 */
const READS = {
  kinesis: ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'],
  dynamodb: ['DescribeStream', 'GetRecords', 'GetShardIterator'],
};

/** The list of streams is requested from no stream. */
const LISTS = ['kinesis:ListStreams', 'dynamodb:ListStreams'];

/** Unnecessary rights that constructs of the CDK add, and that cannot be left out. */
const GIVEN_BY_THE_CDK = [
  // Of streams with registered consumers, which ours does not have.
  ...['kinesis:SubscribeToShard', 'kinesis:DescribeStreamConsumer'],
  // Of programs that look a queue up by its name.
  ...['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
];

let planned: PlannedDeployment;

beforeAll(async () => {
  planned = await plan(await readCloudAssembly(await synthesize({ bundles: false })));
});

const ofType = (type: string): [Resource, Properties][] =>
  planned.deployment.resources
    .filter(resource => resource.type === type)
    .map(resource => [resource, planned.deployment.properties(resource)]);

/** The role of a function, by the name or ARN with which others invoke it. */
function roleOf(name: string): string {
  const [, found] = ofType('AWS::Lambda::Function').find(([resource]) => {
    const own = physicalName(resource);
    return name === own || new RegExp(`:function:${own}(:[a-z]+)?$`).test(name);
  })!;
  return found.Role;
}

function functionNeeds(): ServiceNeed[] {
  return ofType('AWS::Lambda::Function').flatMap(([, { Role, LoggingConfig }]) =>
    ['logs:CreateLogStream', 'logs:PutLogEvents'].map(action => ({
      role: Role,
      action,
      resource: arn('logs', LoggingConfig.LogGroup),
    })),
  );
}

function eventSourceNeeds(): ServiceNeed[] {
  return ofType('AWS::Lambda::EventSourceMapping').flatMap(([, mapping]) => {
    const { FunctionName, EventSourceArn, DestinationConfig } = mapping;
    const role = roleOf(FunctionName);
    const service = EventSourceArn.split(':')[2] as keyof typeof READS;
    const queue = DestinationConfig?.OnFailure?.Destination;
    return [
      ...READS[service].map(action => ({ role, action: `${service}:${action}`, resource: EventSourceArn })),
      ...(queue ? [{ role, action: 'sqs:SendMessage', resource: queue }] : []),
    ];
  });
}

function asynchronousNeeds(): ServiceNeed[] {
  return ofType('AWS::Lambda::EventInvokeConfig').flatMap(([, { FunctionName, DestinationConfig }]) => {
    const queue = DestinationConfig?.OnFailure?.Destination;
    return queue ? [{ role: roleOf(FunctionName), action: 'sqs:SendMessage', resource: queue }] : [];
  });
}

function scheduleNeeds(): ServiceNeed[] {
  return ofType('AWS::Scheduler::Schedule').flatMap(([, { Target }]) => [
    { role: Target.RoleArn, action: 'lambda:InvokeFunction', resource: Target.Arn },
    { role: Target.RoleArn, action: 'sqs:SendMessage', resource: Target.DeadLetterConfig.Arn },
  ]);
}

function resolverNeeds(): ServiceNeed[] {
  return ofType('AWS::AppSync::DataSource')
    .filter(([, { Type }]) => Type === 'AWS_LAMBDA')
    .map(([, { ServiceRoleArn, LambdaConfig }]) => ({
      role: ServiceRoleArn,
      action: 'lambda:InvokeFunction',
      resource: LambdaConfig.LambdaFunctionArn,
    }));
}

function requestLogNeeds(): ServiceNeed[] {
  return ofType('AWS::AppSync::GraphQLApi').flatMap(([{ stack }, { LogConfig }]) => {
    if (!LogConfig) return [];
    const group = ofType('AWS::Logs::LogGroup').find(
      ([resource, { LogGroupName }]) =>
        resource.stack === stack && String(LogGroupName).startsWith('/aws/appsync/'),
    );
    return ['logs:CreateLogStream', 'logs:PutLogEvents'].map(action => ({
      role: LogConfig.CloudWatchLogsRoleArn,
      action,
      resource: arn('logs', physicalName(group![0])),
    }));
  });
}

const needs = (): ServiceNeed[] => [
  ...functionNeeds(),
  ...eventSourceNeeds(),
  ...asynchronousNeeds(),
  ...scheduleNeeds(),
  ...resolverNeeds(),
  ...requestLogNeeds(),
];

it('gives services the rights that they need on our roles: logs, streams, queues, schedules, resolvers', () => {
  expect(new Set(needs().map(({ action }) => action.split(':')[0]))).toEqual(
    new Set(['logs', 'kinesis', 'dynamodb', 'sqs', 'lambda']),
  );
  const refused = needs().filter(({ role, ...need }) => {
    return !decide(statementsOfRole(planned.made, role), need).allowed;
  });
  expect(refused).toEqual([]);
});

it('gives services no other rights', () => {
  const ofServices = /^(logs|kinesis|sqs):|^dynamodb:(DescribeStream|GetRecords|GetShardIterator)$/;
  const ofFunctions = new Set(ofType('AWS::Lambda::Function').map(([, { Role }]) => Role));
  const granted = planned.made.all(iamRole).flatMap(({ attributes: { Arn } }) => {
    const role = Arn!;
    return statementsOfRole(planned.made, role).flatMap(({ effect, actions, resources }) =>
      effect === 'Deny'
        ? []
        : actions
            .filter(action => !ofFunctions.has(role) || ofServices.test(action))
            .flatMap(action => resources.map(resource => ({ role, action, resource }))),
    );
  });
  const needed = needs();
  const unused = granted.filter(
    ({ role, action, resource }) =>
      ![...LISTS, ...GIVEN_BY_THE_CDK].includes(action) &&
      !needed.some(need => {
        // A function and its versions and aliases are one: so the CDK grants an invocation.
        const unqualified = (target: string) => target.replace(/(:function:[^:]+):.*$/, '$1');
        return (
          need.role === role && need.action === action && unqualified(need.resource) === unqualified(resource)
        );
      }),
  );
  expect(unused).toEqual([]);
});
