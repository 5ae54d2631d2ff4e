import { describe, expect, it } from 'vitest';
import { doctor } from '../../../../scripts/aws/doctor/doctor.ts';
import type { DoctorAws } from '../../../../scripts/aws/doctor/doctor-aws.ts';
import type { Finding } from '../../../../scripts/aws/doctor/finding.ts';
import {
  judgeBootstrap,
  judgeCaller,
  judgeConcurrency,
  judgeRequests,
  judgeServices,
  judgeShards,
  judgeTableUnits,
} from '../../../../scripts/aws/doctor/judge-account.ts';
import {
  judgeAlarms,
  judgeErrors,
  judgeQueues,
  judgeSources,
  judgeStack,
  judgeStream,
  judgeSubscriptions,
  judgeTables,
} from '../../../../scripts/aws/doctor/judge-stage.ts';
import {
  type AwsAnswers,
  awsError,
  deployedStacks,
  PROD_STACKS,
  type RecordedAws,
  recordedAws,
} from '../../../support/recorded-aws.ts';

const shown = ({ level, says, todo }: Finding) => [level, says, todo];
const table = {
  name: 'Traffic',
  status: 'ACTIVE',
  provisioned: true,
  scaled: true,
  deletion_protection: true,
};
const stack = { name: 'PatronusApi', status: 'UPDATE_COMPLETE', drift: 'IN_SYNC', optional: false };
const mail = (endpoint: string, confirmed: boolean) => ({ protocol: 'email', endpoint, confirmed });

describe('the doctor judges', () => {
  it.each<[string, Finding | undefined, string, string, string | null]>([
    ['a role', judgeCaller('arn:aws:sts::1:assumed-role/x/y'), 'ok', 'arn:aws:sts::1:assumed-role/x/y', null],
    [
      'the root user',
      judgeCaller('arn:aws:iam::1:root'),
      'note',
      'arn:aws:iam::1:root is the root user of the account',
      'Use a role or user with the rights in docs/deploying.md, and lock the root user away.',
    ],
    ['a bootstrap', judgeBootstrap('21', { account: '1', region: 'r' }), 'ok', 'version 21', null],
    [
      'an old bootstrap',
      judgeBootstrap('5', { account: '1', region: 'r' }),
      ...(['wrong', 'version 5 is too old, 6 is required', 'npx cdk bootstrap aws://1/r'] as const),
    ],
    [
      'no bootstrap',
      judgeBootstrap(undefined, { account: '1', region: 'r' }),
      ...(['wrong', 'r is not bootstrapped for the CDK yet', 'npx cdk bootstrap aws://1/r'] as const),
    ],
    [
      'a new account',
      judgeConcurrency({ limit: 10, unreserved: 10 }, { api_concurrency: 0, shards: 1 }, { deployed: false }),
      'note',
      '10 in the account, the limit of a new account: enough for a trial, too low for people and edges at the same time',
      'Request an increase to 1,000: Service Quotas, AWS Lambda, Concurrent executions (L-B99A9384).',
    ],
    [
      'an account that may keep places',
      judgeConcurrency(
        { limit: 1000, unreserved: 1000 },
        { api_concurrency: 100, shards: 2 },
        { deployed: false },
      ),
      ...(['ok', '1000 in the account, 103 of them for api, ingest and snapshot', null] as const),
    ],
    [
      'one too few next to the hundred that AWS reserves',
      judgeConcurrency(
        { limit: 1000, unreserved: 202 },
        { api_concurrency: 100, shards: 2 },
        { deployed: false },
      ),
      'wrong',
      '202 are free, and 103 would be reserved: AWS keeps 100 for others and refuses the deployment',
      'Deploy with -c api_concurrency=0, or request an increase to 1001: Service Quotas, AWS Lambda, Concurrent executions (L-B99A9384).',
    ],
    [
      'concurrency that is reserved already',
      judgeConcurrency(
        { limit: 203, unreserved: 100 },
        { api_concurrency: 100, shards: 2 },
        { deployed: true },
      ),
      ...(['ok', '203 in the account, 103 of them for api, ingest and snapshot', null] as const),
    ],
    [
      'the last shards',
      judgeShards({ limit: 20, open: 18 }, { shards: 2 }, { deployed: false }),
      ...(['ok', '18 of 20 in the account', null] as const),
    ],
    [
      'a shard too many',
      judgeShards({ limit: 20, open: 19 }, { shards: 2 }, { deployed: false }),
      'wrong',
      '19 of 20 are in use, and 2 more are required',
      'Deploy fewer (-c shards=…), or request an increase to 21: Service Quotas, Amazon Kinesis Data Streams, Shards per Region.',
    ],
    [
      'tables by the request',
      judgeTableUnits({ table_max_write_units: 0 }, { provisioned_write_units: 0 }),
      ...(['ok', 'tables are billed by the request', null] as const),
    ],
    [
      'units over the limit',
      judgeTableUnits({ table_max_write_units: 100 }, { provisioned_write_units: 101 }),
      'wrong',
      '101 are requested, and a table can have at most 100',
      'Choose fewer (-c provisioned_write_units=…), or request an increase: Service Quotas, Amazon DynamoDB, Table-level write throughput limit.',
    ],
    [
      'requests',
      judgeRequests(2000, { edge_spread_s: 5 }),
      ...(['ok', '2000 a second, enough for 5,000 edges with edge_spread_s=5', null] as const),
    ],
    [
      'requests all at once',
      judgeRequests(2000, { edge_spread_s: 0 }),
      'note',
      '2000 a second, and all edges read at the same time after a change',
      'Spread them with -c edge_spread_s=5.',
    ],
    [
      'requests without a known limit',
      judgeRequests(undefined, { edge_spread_s: 5 }),
      ...([
        'note',
        'the limit could not be read',
        'See Service Quotas, AWS AppSync, Rate of request tokens.',
      ] as const),
    ],
    [
      "services that don't answer",
      judgeServices(['a', 'b'], [{ service: 'a', reason: 'ENOTFOUND' }], 'r'),
      'wrong',
      'no answer from a (ENOTFOUND)',
      'Check that this machine can reach AWS, and that r has the service; otherwise choose another region.',
    ],
    ['a stack', judgeStack(stack), 'ok', 'UPDATE_COMPLETE', null],
    [
      'a stack that was rolled back',
      judgeStack({ ...stack, status: 'UPDATE_ROLLBACK_COMPLETE' }),
      'wrong',
      'is UPDATE_ROLLBACK_COMPLETE',
      'Read the reason in its CloudFormation events, correct it and deploy again; docs/deploying.md explains each state.',
    ],
    [
      'a stack under way',
      judgeStack({ ...stack, status: 'UPDATE_IN_PROGRESS' }),
      'note',
      'is being changed (UPDATE_IN_PROGRESS)',
      'Wait until the deployment is complete, then check again.',
    ],
    [
      'a stack that was changed by hand',
      judgeStack({ ...stack, drift: 'DRIFTED' }),
      'note',
      'differs from its template',
      'See the drift in CloudFormation, and deploy again.',
    ],
    [
      'a missing stack',
      judgeStack({ ...stack, status: undefined }),
      ...(['wrong', 'is not deployed', 'Deploy the stage: npx cdk deploy --all -c stage=….'] as const),
    ],
    [
      'alarms without a receiver',
      judgeSubscriptions([]),
      ...([
        'wrong',
        'no one',
        'Deploy with -c alarm_email=…, or subscribe to the topic AlarmTopicArn.',
      ] as const),
    ],
    [
      'alarms with an unconfirmed address',
      judgeSubscriptions([mail('a@example.com', false)]),
      'wrong',
      'no one: email a@example.com not confirmed',
      'Open the mail "AWS Notification - Subscription Confirmation" and follow its link; look for it in spam.',
    ],
    [
      'alarms that reach one of two',
      judgeSubscriptions([mail('a@example.com', true), mail('b@example.com', false)]),
      'note',
      'email a@example.com; email b@example.com not confirmed',
      'Open the mail "AWS Notification - Subscription Confirmation" and follow its link; look for it in spam.',
    ],
    [
      'an active alarm',
      judgeAlarms(['Quarantine'], 40),
      ...(['wrong', 'Quarantine on', 'docs/runbook.md has a section for each alarm.'] as const),
    ],
    ['no alarms at all', judgeAlarms([], 0), 'wrong', 'there are none', 'Deploy the stage again.'],
    [
      'a stream without encryption',
      judgeStream({ status: 'ACTIVE', open_shards: 2, encrypted: false }),
      'note',
      'ACTIVE, 2 shards, not encrypted',
      'Reports are not encrypted at rest: deploy with -c encrypt_stream=true if they should be.',
    ],
    [
      'messages that were given up',
      judgeQueues([
        { name: 'a', messages: 3 },
        { name: 'b', messages: 0 },
      ]),
      'wrong',
      '3 in a',
      "The section of the queue's alarm in docs/runbook.md explains how to handle and clear them.",
    ],
    [
      'functions that fail',
      judgeErrors([{ name: 'api', errors: 2 }]),
      ...(['note', '2 of api in 24 hours', 'See their logs in CloudWatch.'] as const),
    ],
    [
      "a stream that isn't read",
      judgeSources([
        { function: 'ingest', state: 'Disabled' },
        { function: 'broadcast', state: 'Enabled' },
      ]),
      'wrong',
      'ingest is Disabled',
      'Until then nothing is counted or published: enable the trigger, or deploy again.',
    ],
  ])('%s', (_, finding, level, says, todo) => {
    expect(shown(finding!)).toEqual([level, says, todo]);
  });

  it('tables by their data', () => {
    const of = (change: object, keepsData = true) =>
      judgeTables([{ ...table, ...change }], { keepsData }).map(shown);
    expect(of({})).toEqual([['ok', '1 ACTIVE', null]]);
    expect(of({ scaled: false, provisioned: false })).toEqual([['ok', '1 ACTIVE', null]]);
    expect(of({ scaled: false })).toEqual([
      ['wrong', 'has fixed units that do not scale with use', 'Deploy the data stack again.'],
    ]);
    expect(of({ deletion_protection: false })).toEqual([
      ['wrong', 'can be deleted by mistake', 'Deploy the data stack again.'],
    ]);
    expect(of({ deletion_protection: false }, false)).toEqual([['ok', '1 ACTIVE', null]]);
  });

  it('nothing of a console that is not deployed', () => {
    expect(judgeStack({ ...stack, status: undefined, optional: true })).toBeUndefined();
  });
});

const NOW = Date.UTC(2026, 0, 31, 12);
const TOPIC = PROD_STACKS['Patronus-prod-Data'].AlarmTopicArn;

const ACCOUNT: AwsAnswers = {
  GetCallerIdentity: { Arn: 'arn:aws:sts::111122223333:assumed-role/deployer/ann' },
  GetParameter: { Parameter: { Value: '28' } },
  GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 } },
  DescribeLimits: { ShardLimit: 500, OpenShardCount: 3, TableMaxWriteCapacityUnits: 40_000 },
  ListServiceQuotas: { Quotas: [{ QuotaName: 'Rate of request tokens', Value: 2000 }] },
};

const DEPLOYED = Object.fromEntries(
  ['Data', 'FlowLog', 'Export', 'Ingest', 'Api', 'Events'].map(part => [
    `Patronus-prod-${part}`,
    (PROD_STACKS as Record<string, Record<string, string>>)[`Patronus-prod-${part}`] ?? {},
  ]),
);

/** What each stack has that is looked at. */
const RESOURCES: Record<string, [type: string, id: string][]> = {
  'Patronus-prod-Data': [['AWS::DynamoDB::Table', 'Traffic']],
  'Patronus-prod-Ingest': [
    ['AWS::Lambda::Function', 'ingest'],
    ['AWS::Lambda::EventSourceMapping', 'uuid-1'],
    ['AWS::SQS::Queue', 'https://sqs.eu-central-1.amazonaws.com/111122223333/ingest-failed'],
  ],
};

const STAGE: AwsAnswers = {
  ...ACCOUNT,
  DescribeStacks: deployedStacks(DEPLOYED),
  ListStackResources: ({ StackName }: { StackName: string }) => ({
    StackResourceSummaries: (RESOURCES[StackName] ?? []).map(([ResourceType, PhysicalResourceId]) => ({
      ...{ ResourceType, PhysicalResourceId },
    })),
  }),
  ListSubscriptionsByTopic: {
    Subscriptions: [{ Protocol: 'email', Endpoint: 'ops@example.com', SubscriptionArn: `${TOPIC}:1` }],
  },
  DescribeAlarms: { MetricAlarms: [{ AlarmName: 'Quarantine', StateValue: 'OK' }] },
  DescribeStreamSummary: {
    StreamDescriptionSummary: { StreamStatus: 'ACTIVE', OpenShardCount: 1, EncryptionType: 'KMS' },
  },
  DescribeTable: {
    Table: {
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      DeletionProtectionEnabled: true,
    },
  },
  GetMetricData: { MetricDataResults: [{ Id: 'm0', Values: [0, 4] }] },
  GetEventSourceMapping: {
    FunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:ingest:live',
    State: 'Enabled',
  },
  ListUsersInGroup: { Users: [{ Username: 'ann', Enabled: true }] },
};

async function examine(
  answers: AwsAnswers,
  options: { context?: Record<string, string>; json?: boolean } = {},
) {
  const client: RecordedAws = recordedAws({ DescribeStacks: deployedStacks({}), ...answers });
  const services = [
    'cloudformation',
    'cloudwatch',
    'cognito',
    'dynamodb',
    'kinesis',
    'lambda',
    'quotas',
    'sns',
    'ssm',
    'sts',
  ];
  const aws = {
    region: 'eu-central-1',
    reach: async () => undefined,
    ...Object.fromEntries(services.map(service => [service, client])),
  } as unknown as DoctorAws;
  let said = '';
  const code = await doctor({ stage: 'prod', context: {}, ...options }, text => (said += text), aws, NOW);
  return { code, said, calls: client.calls };
}

const SERVICES =
  'appsync, cloudformation, cognito-idp, dynamodb, events, kinesis, kms, lambda, logs, monitoring, s3, scheduler, sns, sqs, ssm, sts';

describe('the doctor', () => {
  it('checks an account before the first deployment', async () => {
    const { code, said } = await examine(
      { ...ACCOUNT, GetParameter: awsError('ParameterNotFound') },
      { context: { shards: '4' } },
    );
    expect(code).toBe(1);
    expect(said).toBe(`✓ credentials: arn:aws:sts::111122223333:assumed-role/deployer/ann
✓ services: ${SERVICES} answer in eu-central-1
✗ bootstrap: eu-central-1 is not bootstrapped for the CDK yet
    npx cdk bootstrap aws://111122223333/eu-central-1
✓ Lambda at once: 1000 in the account, none reserved
✓ Kinesis shards: 3 of 500 in the account
✓ DynamoDB units: tables are billed by the request
✓ AppSync requests: 2000 a second, enough for 5,000 edges with edge_spread_s=5
1 wrong, 0 to look at. Stage prod is not deployed yet.
`);
  });

  it('checks a running stage', async () => {
    const { code, said, calls } = await examine(STAGE);
    expect(code).toBe(0);
    expect(said.split('\n').slice(7)).toEqual([
      '✓ Patronus-prod-Data: CREATE_COMPLETE',
      '✓ Patronus-prod-FlowLog: CREATE_COMPLETE',
      '✓ Patronus-prod-Export: CREATE_COMPLETE',
      '✓ Patronus-prod-Ingest: CREATE_COMPLETE',
      '✓ Patronus-prod-Api: CREATE_COMPLETE',
      '✓ Patronus-prod-Events: CREATE_COMPLETE',
      '✓ alarms reach: email ops@example.com',
      '✓ alarms: none of 1 is on',
      '✓ stream: ACTIVE, 1 shards, encrypted',
      '✓ tables: 1 ACTIVE',
      '✓ dead letters: none in 1 queues',
      '! function errors: 4 of ingest in 24 hours',
      '    See their logs in CloudWatch.',
      '✓ streams read: 1 triggers enabled',
      '✓ administrators: 1',
      '0 wrong, 1 to look at.',
      '',
    ]);
    const asked = Object.fromEntries(calls);
    expect(asked).toMatchObject({
      ListSubscriptionsByTopic: { TopicArn: TOPIC },
      DescribeAlarms: { ActionPrefix: TOPIC },
      DescribeStreamSummary: { StreamName: 'reports' },
      DescribeTable: { TableName: 'Traffic' },
      GetEventSourceMapping: { UUID: 'uuid-1' },
      ListUsersInGroup: { UserPoolId: 'eu-central-1_pool', GroupName: 'admin' },
    });
    expect(calls.filter(([name]) => name === 'GetMetricData').map(([, input]) => input)).toEqual([
      {
        StartTime: new Date(NOW - 900_000),
        EndTime: new Date(NOW),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [
          metricQuery(
            'AWS/SQS',
            'ApproximateNumberOfMessagesVisible',
            ['QueueName', 'ingest-failed'],
            300,
            'Maximum',
          ),
        ],
      },
      {
        StartTime: new Date(NOW - 86_400_000),
        EndTime: new Date(NOW),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [metricQuery('AWS/Lambda', 'Errors', ['FunctionName', 'ingest'], 3600, 'Sum')],
      },
    ]);
  });

  it('continues without a permission, and says so', async () => {
    const { code, said } = await examine({
      ...STAGE,
      ListUsersInGroup: { Users: [{ Enabled: false }] },
      DescribeAlarms: awsError('AccessDenied', 'ann may not DescribeAlarms'),
    });
    expect(code).toBe(1);
    expect(said).toContain(`! alarms: could not be checked
    AWS refused (AccessDenied): ann may not DescribeAlarms. docs/deploying.md lists the rights that a deployment needs.
`);
    expect(said).toContain(`✗ administrators: there is none
    npm run aws -- admin EMAIL --stage prod
`);
  });

  it('prints JSON for programs', async () => {
    const { said } = await examine(ACCOUNT, { json: true });
    expect(JSON.parse(said)[0]).toEqual({
      check: 'credentials',
      level: 'ok',
      says: 'arn:aws:sts::111122223333:assumed-role/deployer/ann',
      todo: null,
    });
  });

  it.each([
    [
      { shard: '2' },
      /^Setting shard is unknown\. There are access_log_days, .*, webhooks_to_private_addresses\.$/,
    ],
    [{ shards: '0' }, /^Setting shards must be a whole number from 1 to 500, but is "0"\.$/],
  ])('rejects the settings %j', async (context, message) => {
    await expect(examine(ACCOUNT, { context })).rejects.toThrow(message);
  });
});

function metricQuery(
  Namespace: string,
  MetricName: string,
  [Name, Value]: [string, string],
  Period: number,
  Stat: string,
): object {
  const Metric = { Namespace, MetricName, Dimensions: [{ Name, Value }] };
  return { Id: 'm0', MetricStat: { Metric, Period, Stat } };
}
