import { markdownTable } from '../markdown-table.ts';

/** A limit of a service, in us-east-1 by default. */
interface Quota {
  service: string;
  name: string;
  value: number;
  /** The provider's page. */
  source: string;
  /**
   * Whether that page, or a copy of it, was read and has the figure; otherwise it is from memory.
   */
  confirmed: boolean;
}

const DYNAMODB_QUOTAS = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html';
const WARM_THROUGHPUT =
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html';
const APPSYNC_QUOTAS = 'https://docs.aws.amazon.com/general/latest/gr/appsync.html';
const APPSYNC = { service: 'AppSync', source: APPSYNC_QUOTAS, confirmed: false };

/** Every quota and limit that docs/scale.md measures a network against. */
export const QUOTAS = {
  shards: {
    service: 'Kinesis',
    name: 'shards of an account',
    value: 20_000,
    source: 'https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html',
    confirmed: true,
  },
  table_units: {
    service: 'DynamoDB',
    name: 'read and write units a second of a table',
    value: 40_000,
    source: DYNAMODB_QUOTAS,
    confirmed: true,
  },
  key_writes: {
    service: 'DynamoDB',
    name: 'write units a second of a partition',
    value: 1000,
    source: WARM_THROUGHPUT,
    confirmed: true,
  },
  key_reads: {
    service: 'DynamoDB',
    name: 'read units a second of a partition',
    value: 3000,
    source: WARM_THROUGHPUT,
    confirmed: true,
  },
  warm_writes: {
    service: 'DynamoDB',
    name: 'write units a second of a new table at once',
    value: 4000,
    source: WARM_THROUGHPUT,
    confirmed: true,
  },
  warm_reads: {
    service: 'DynamoDB',
    name: 'read units a second of a new table at once',
    value: 12_000,
    source: WARM_THROUGHPUT,
    confirmed: true,
  },
  lambda_calls: {
    service: 'Lambda',
    name: 'calls at a time',
    value: 1000,
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
    confirmed: true,
  },
  connections: { ...APPSYNC, name: 'connections begun a second', value: 2000 },
  requests: { ...APPSYNC, name: 'request tokens a second', value: 5000 },
  messages: { ...APPSYNC, name: 'messages a second', value: 1_000_000 },
  kms_requests: {
    service: 'KMS',
    name: 'symmetric operations a second',
    value: 100_000,
    source: 'https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html',
    confirmed: true,
  },
} as const satisfies Record<string, Quota>;

/** Every quota with its source. */
export function quotaSources(): string {
  return markdownTable(
    [
      { heading: 'service' },
      { heading: 'quota or limit' },
      { heading: 'value', right: true },
      { heading: 'source' },
      { heading: 'confirmed' },
    ],
    Object.values(QUOTAS).map(({ service, name, value, source, confirmed }) => [
      service,
      name,
      value.toLocaleString('en'),
      `<${source}>`,
      confirmed ? 'yes' : 'not confirmed',
    ]),
  );
}
