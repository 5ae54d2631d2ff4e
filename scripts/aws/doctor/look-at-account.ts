import { DescribeLimitsCommand as DescribeTableLimitsCommand } from '@aws-sdk/client-dynamodb';
import { DescribeLimitsCommand } from '@aws-sdk/client-kinesis';
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { ListServiceQuotasCommand } from '@aws-sdk/client-service-quotas';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Settings } from '../../../lib/settings.ts';
import type { DoctorAws } from './doctor-aws.ts';
import {
  judgeBootstrap,
  judgeConcurrency,
  judgeRequests,
  judgeServices,
  judgeShards,
  judgeTableUnits,
} from './judge-account.ts';
import type { Look } from './look.ts';

/** The parameter with the version of the CDK's bootstrap stack, for its default qualifier. */
const BOOTSTRAP_VERSION = '/cdk-bootstrap/hnb659fds/version';

/** The services that the stacks use, by the first part of their host names. */
const SERVICES = [
  ...['appsync', 'cloudformation', 'cognito-idp', 'dynamodb', 'events', 'kinesis', 'kms', 'lambda', 'logs'],
  ...['monitoring', 's3', 'scheduler', 'sns', 'sqs', 'ssm', 'sts'],
];

export interface AccountView {
  account: string;
  settings: Settings;
  /** Whether the stage has its functions and stream already. */
  deployed: boolean;
}

/** The requirements for an account and region, before a deployment and after it. */
export function accountLooks(aws: DoctorAws, { account, settings, deployed }: AccountView): Look[] {
  const { region } = aws;
  return [
    {
      check: 'services',
      look: async () => [judgeServices(SERVICES, await unreachable(aws), region)],
    },
    {
      check: 'bootstrap',
      look: async () => [judgeBootstrap(await bootstrapVersion(aws), { account, region })],
    },
    {
      check: 'Lambda at once',
      async look() {
        const { AccountLimit } = await aws.lambda.send(new GetAccountSettingsCommand({}));
        const { ConcurrentExecutions: limit = 0, UnreservedConcurrentExecutions: unreserved = 0 } =
          AccountLimit ?? {};
        return [judgeConcurrency({ limit, unreserved }, settings, { deployed })];
      },
    },
    {
      check: 'Kinesis shards',
      async look() {
        const { ShardLimit: limit = 0, OpenShardCount: open = 0 } = await aws.kinesis.send(
          new DescribeLimitsCommand({}),
        );
        return [judgeShards({ limit, open }, settings, { deployed })];
      },
    },
    {
      check: 'DynamoDB units',
      async look() {
        const { TableMaxWriteCapacityUnits = 0 } = await aws.dynamodb.send(
          new DescribeTableLimitsCommand({}),
        );
        return [judgeTableUnits({ table_max_write_units: TableMaxWriteCapacityUnits }, settings)];
      },
    },
    {
      check: 'AppSync requests',
      look: async () => [judgeRequests(await requestsPerSecond(aws), settings)],
    },
  ];
}

async function unreachable({ region, reach }: DoctorAws): Promise<{ service: string; reason: string }[]> {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const asked = await Promise.all(
    SERVICES.map(async service => ({ service, reason: await reach(`${service}.${region}.${domain}`) })),
  );
  return asked.flatMap(({ service, reason }) => (reason === undefined ? [] : [{ service, reason }]));
}

async function bootstrapVersion({ ssm }: DoctorAws): Promise<string | undefined> {
  try {
    return (await ssm.send(new GetParameterCommand({ Name: BOOTSTRAP_VERSION }))).Parameter?.Value;
  } catch (cause) {
    if ((cause as Error).name === 'ParameterNotFound') return undefined;
    throw cause;
  }
}

async function requestsPerSecond({ quotas }: DoctorAws): Promise<number | undefined> {
  let NextToken: string | undefined;
  do {
    const page = await quotas.send(
      new ListServiceQuotasCommand({ ServiceCode: 'appsync', ...(NextToken && { NextToken }) }),
    );
    const found = page.Quotas?.find(({ QuotaName }) => QuotaName && /request tokens/i.test(QuotaName));
    if (found) return found.Value;
    ({ NextToken } = page);
  } while (NextToken);
  return undefined;
}
