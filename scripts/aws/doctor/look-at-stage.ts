import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { ListUsersInGroupCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import { GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { STACK_PARTS, stackName } from '../../../lib/stage.ts';
import { type AwsOptions, stageOption } from '../aws-options.ts';
import { stackResources } from '../deployed-function.ts';
import type { FoundStage } from '../find-stage.ts';
import type { DoctorAws } from './doctor-aws.ts';
import {
  judgeAdmins,
  judgeAlarms,
  judgeErrors,
  judgeQueues,
  judgeSources,
  judgeStack,
  judgeStream,
  judgeSubscriptions,
  judgeTables,
  type TableState,
} from './judge-stage.ts';
import type { Look } from './look.ts';

/** Optional parts of a stage. */
const OPTIONAL = ['Web', 'Dashboard'];

const DAY_MS = 86_400_000;

/** The state of a stage's stacks. */
export function stackLooks({ stage, stacks }: FoundStage): Look[] {
  return STACK_PARTS.map(part => {
    const name = stackName(stage, part);
    const stack = stacks.get(part);
    const drift = stack?.DriftInformation?.StackDriftStatus;
    const state = { name, status: stack?.StackStatus, drift, optional: OPTIONAL.includes(part) };
    return { check: name, look: async () => [judgeStack(state)] };
  });
}

/** The requirements for a deployed stage that works. */
export function stageLooks(
  aws: DoctorAws,
  { found, options, now }: { found: FoundStage; options: AwsOptions; now: number },
): Look[] {
  let read: Promise<StackResourceSummary[]> | undefined;
  const resources = async (type: string) => {
    read ??= allResources(aws, found);
    return (await read).filter(({ ResourceType }) => ResourceType === type);
  };
  return [
    {
      check: 'alarms reach',
      look: async () => [judgeSubscriptions(await subscriptions(aws, found.output('Data', 'AlarmTopicArn')))],
    },
    {
      check: 'alarms',
      async look() {
        const { on, count } = await alarms(aws, found.output('Data', 'AlarmTopicArn'));
        return [judgeAlarms(on, count)];
      },
    },
    {
      check: 'stream',
      async look() {
        const { StreamDescriptionSummary: stream } = await aws.kinesis.send(
          new DescribeStreamSummaryCommand({ StreamName: found.output('Ingest', 'StreamName') }),
        );
        return [
          judgeStream({
            status: stream?.StreamStatus ?? 'unknown',
            open_shards: stream?.OpenShardCount ?? 0,
            encrypted: stream?.EncryptionType === 'KMS',
          }),
        ];
      },
    },
    {
      check: 'tables',
      async look() {
        const scaled = (await resources('AWS::ApplicationAutoScaling::ScalableTarget')).length > 0;
        const tables = await resources('AWS::DynamoDB::Table');
        const states = await Promise.all(tables.map(table => tableState(aws, table, scaled)));
        // The cache can be rebuilt.
        const kept = states.filter(({ name }) => !name.includes('Cache'));
        return judgeTables(kept, found.stage);
      },
    },
    {
      check: 'dead letters',
      look: async () => [judgeQueues(await waiting(aws, await resources('AWS::SQS::Queue'), now))],
    },
    {
      check: 'function errors',
      look: async () => [judgeErrors(await errors(aws, await resources('AWS::Lambda::Function'), now))],
    },
    {
      check: 'streams read',
      look: async () => [
        judgeSources(await sources(aws, await resources('AWS::Lambda::EventSourceMapping'))),
      ],
    },
    {
      check: 'administrators',
      async look() {
        const { Users = [] } = await aws.cognito.send(
          new ListUsersInGroupCommand({ UserPoolId: found.output('Api', 'UserPoolId'), GroupName: 'admin' }),
        );
        return [judgeAdmins(Users.filter(({ Enabled }) => Enabled !== false).length, stageOption(options))];
      },
    },
  ];
}

async function allResources(aws: DoctorAws, { stacks }: FoundStage): Promise<StackResourceSummary[]> {
  const all = await Promise.all(
    [...stacks.values()].map(({ StackName }) => stackResources(aws.cloudformation, StackName!)),
  );
  return all.flat();
}

async function subscriptions({ sns }: DoctorAws, TopicArn: string) {
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  return Subscriptions.map(({ Protocol = '', Endpoint = '', SubscriptionArn = '' }) => ({
    protocol: Protocol,
    endpoint: Endpoint,
    confirmed: SubscriptionArn.startsWith('arn:'),
  }));
}

async function alarms(
  { cloudwatch }: DoctorAws,
  topic_arn: string,
): Promise<{ on: string[]; count: number }> {
  const on: string[] = [];
  let count = 0;
  let NextToken: string | undefined;
  do {
    const page = await cloudwatch.send(
      new DescribeAlarmsCommand({ ActionPrefix: topic_arn, ...(NextToken && { NextToken }) }),
    );
    for (const { AlarmName, StateValue } of page.MetricAlarms ?? []) {
      count++;
      if (StateValue === 'ALARM') on.push(AlarmName!);
    }
    ({ NextToken } = page);
  } while (NextToken);
  return { on, count };
}

async function tableState(
  { dynamodb }: DoctorAws,
  { PhysicalResourceId: TableName }: StackResourceSummary,
  scaled: boolean,
): Promise<TableState> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
  return {
    name: TableName!,
    status: Table?.TableStatus ?? 'unknown',
    provisioned: Table?.BillingModeSummary?.BillingMode !== 'PAY_PER_REQUEST',
    scaled,
    deletion_protection: Table?.DeletionProtectionEnabled ?? false,
  };
}

/** The name at the end of a queue's URL. */
const queueName = ({ PhysicalResourceId = '' }: StackResourceSummary): string =>
  PhysicalResourceId.split('/').at(-1)!;

/**
 * The number of messages in each queue, according to CloudWatch: the newest figure of the last 15
 * minutes.
 */
async function waiting(aws: DoctorAws, queues: StackResourceSummary[], now: number) {
  const figures = await lastFigures(aws, {
    from: now - 15 * 60_000,
    now,
    period_s: 300,
    queries: queues.map(queue => ({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: queueName(queue) }],
      stat: 'Maximum',
    })),
  });
  return queues.map((queue, index) => ({ name: queueName(queue), messages: figures[index]!.at(0) ?? 0 }));
}

async function errors(aws: DoctorAws, functions: StackResourceSummary[], now: number) {
  const figures = await lastFigures(aws, {
    from: now - DAY_MS,
    now,
    period_s: 3600,
    queries: functions.map(({ PhysicalResourceId: Value }) => ({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value }],
      stat: 'Sum',
    })),
  });
  return functions.map(({ PhysicalResourceId }, index) => ({
    name: PhysicalResourceId!,
    errors: figures[index]!.reduce((sum, value) => sum + value, 0),
  }));
}

interface Query {
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: string | undefined }[];
  stat: string;
}

/** The values of several metrics, newest first; for no metrics an empty list. */
async function lastFigures(
  { cloudwatch }: DoctorAws,
  { from, now, period_s, queries }: { from: number; now: number; period_s: number; queries: Query[] },
): Promise<number[][]> {
  if (queries.length === 0) return [];
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(from),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: queries.map(({ stat, ...metric }, index) => ({
        Id: `m${index}`,
        MetricStat: { Metric: metric, Period: period_s, Stat: stat },
      })),
    }),
  );
  return queries.map((_, index) => MetricDataResults.find(({ Id }) => Id === `m${index}`)?.Values ?? []);
}

async function sources({ lambda }: DoctorAws, mappings: StackResourceSummary[]) {
  const found = await Promise.all(
    mappings.map(({ PhysicalResourceId: UUID }) => lambda.send(new GetEventSourceMappingCommand({ UUID }))),
  );
  return found.map(({ FunctionArn = '', State = 'unknown' }) => ({
    // arn:aws:lambda:REGION:ACCOUNT:function:NAME, and an alias behind it
    function: FunctionArn.split(':')[6] ?? FunctionArn,
    state: State,
  }));
}
