import type { Settings } from '../../../lib/settings.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/**
 * The version of the CDK's bootstrap stack that its stacks ask for, as the manifest of an assembly
 * says.
 */
const BOOTSTRAP_MIN = 6;

export function judgeCaller(arn: string): Finding {
  if (!arn.endsWith(':root')) return ok('credentials', arn);
  return note(
    'credentials',
    `${arn} is the root user of the account`,
    'Work as a role or user with the rights of docs/deploying.md, and keep the root user locked away.',
  );
}

/** @param version of the bootstrap stack; undefined: there is none */
export function judgeBootstrap(
  version: string | undefined,
  { account, region }: { account: string; region: string },
): Finding {
  const todo = `npx cdk bootstrap aws://${account}/${region}`;
  if (version === undefined) return wrong('bootstrap', `the CDK has no place in ${region} yet`, todo);
  if (Number(version) >= BOOTSTRAP_MIN) return ok('bootstrap', `version ${version}`);
  return wrong('bootstrap', `version ${version} is too old, ${BOOTSTRAP_MIN} is asked for`, todo);
}

/** Lambda keeps so many places for functions that reserve none. */
const UNRESERVED_MIN = 100;

/** What a small network needs at once: the API, ingest, the schedules. */
const COMFORTABLE = 100;

const CONCURRENCY_QUOTA = 'Service Quotas, AWS Lambda, Concurrent executions (L-B99A9384)';

/** @param account the account's limit, and how much of it other functions have not reserved */
export function judgeConcurrency(
  { limit, unreserved }: { limit: number; unreserved: number },
  { api_concurrency, shards }: Pick<Settings, 'api_concurrency' | 'shards'>,
  { deployed }: { deployed: boolean },
): Finding {
  const check = 'Lambda at once';
  if (api_concurrency > 0) {
    // What is deployed has its places already.
    const needed = api_concurrency + shards + 1;
    if (deployed || unreserved - needed >= UNRESERVED_MIN) {
      return ok(check, `${limit} in the account, ${needed} of them for api, ingest and snapshot`);
    }
    return wrong(
      check,
      `${unreserved} are free, and ${needed} would be reserved: AWS keeps ${UNRESERVED_MIN} for others and refuses the deployment`,
      `Deploy with -c api_concurrency=0, or have the limit raised to ${needed + UNRESERVED_MIN + limit - unreserved}: ${CONCURRENCY_QUOTA}.`,
    );
  }
  if (limit >= COMFORTABLE) return ok(check, `${limit} in the account, none reserved`);
  return note(
    check,
    `${limit} in the account, as a new one has: enough to try it, too few for people and edges at once`,
    `Have it raised to 1,000: ${CONCURRENCY_QUOTA}.`,
  );
}

/** @param account the account's limit of shards, and how many there are */
export function judgeShards(
  { limit, open }: { limit: number; open: number },
  { shards }: Pick<Settings, 'shards'>,
  { deployed }: { deployed: boolean },
): Finding {
  const check = 'Kinesis shards';
  const needed = deployed ? open : open + shards;
  if (needed <= limit) return ok(check, `${open} of ${limit} in the account`);
  return wrong(
    check,
    `${open} of ${limit} are in use, and ${shards} more are asked for`,
    `Deploy fewer (-c shards=…), or have the limit raised to ${needed}: Service Quotas, Amazon Kinesis Data Streams, Shards per Region.`,
  );
}

/** @param account the largest number of write units that a table may have */
export function judgeTableUnits(
  { table_max_write_units }: { table_max_write_units: number },
  { provisioned_write_units }: Pick<Settings, 'provisioned_write_units'>,
): Finding {
  const check = 'DynamoDB units';
  if (provisioned_write_units === 0) return ok(check, 'tables are billed by the request');
  if (provisioned_write_units <= table_max_write_units) {
    return ok(check, `${provisioned_write_units} to begin with, ${table_max_write_units} a table at most`);
  }
  return wrong(
    check,
    `${provisioned_write_units} are asked for, and a table may have ${table_max_write_units}`,
    'Choose fewer (-c provisioned_write_units=…), or have the limit raised: Service Quotas, Amazon DynamoDB, Table-level write throughput limit.',
  );
}

/** Requests an edge makes after a change that concerns all of them. */
const REQUESTS_AN_EDGE = 2;

/** @param per_second requests a second that AppSync takes for the account; undefined: not known */
export function judgeRequests(
  per_second: number | undefined,
  { edge_spread_s }: Pick<Settings, 'edge_spread_s'>,
): Finding {
  const check = 'AppSync requests';
  if (per_second === undefined) {
    return note(
      check,
      'the limit is not known here',
      'See Service Quotas, AWS AppSync, Rate of request tokens.',
    );
  }
  if (edge_spread_s === 0) {
    return note(
      check,
      `${per_second} a second, and edges read all at once after a change`,
      'Spread them with -c edge_spread_s=5.',
    );
  }
  const edges = Math.floor((per_second * edge_spread_s) / REQUESTS_AN_EDGE);
  return ok(
    check,
    `${per_second} a second, enough for ${edges.toLocaleString('en')} edges with edge_spread_s=${edge_spread_s}`,
  );
}

/** @param unreachable hosts that gave no answer, with the reason */
export function judgeServices(
  services: readonly string[],
  unreachable: readonly { service: string; reason: string }[],
  region: string,
): Finding {
  if (unreachable.length === 0) return ok('services', `${services.join(', ')} answer in ${region}`);
  return wrong(
    'services',
    `no answer of ${unreachable.map(({ service, reason }) => `${service} (${reason})`).join(', ')}`,
    `Is there a way from this machine to AWS, and does ${region} have the service? Choose another region otherwise.`,
  );
}
