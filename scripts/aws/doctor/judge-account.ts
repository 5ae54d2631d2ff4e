import type { Settings } from '../../../lib/settings.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/**
 * The version of the CDK's bootstrap stack that stacks require, from the manifest of an assembly.
 */
const BOOTSTRAP_MIN = 6;

export function judgeCaller(arn: string): Finding {
  if (!arn.endsWith(':root')) return ok('credentials', arn);
  return note(
    'credentials',
    `${arn} is the root user of the account`,
    'Use a role or user with the rights in docs/deploying.md, and lock the root user away.',
  );
}

/** @param version the version of the bootstrap stack; undefined: there is none */
export function judgeBootstrap(
  version: string | undefined,
  { account, region }: { account: string; region: string },
): Finding {
  const todo = `npx cdk bootstrap aws://${account}/${region}`;
  if (version === undefined) return wrong('bootstrap', `${region} is not bootstrapped for the CDK yet`, todo);
  if (Number(version) >= BOOTSTRAP_MIN) return ok('bootstrap', `version ${version}`);
  return wrong('bootstrap', `version ${version} is too old, ${BOOTSTRAP_MIN} is required`, todo);
}

/** The concurrency that Lambda keeps for functions without a reservation. */
const UNRESERVED_MIN = 100;

/** The concurrency that a small network needs: for the API, ingest and the schedules. */
const COMFORTABLE = 100;

const CONCURRENCY_QUOTA = 'Service Quotas, AWS Lambda, Concurrent executions (L-B99A9384)';

/** @param account the account's limit, and the part that other functions have not reserved */
export function judgeConcurrency(
  { limit, unreserved }: { limit: number; unreserved: number },
  { api_concurrency, shards }: Pick<Settings, 'api_concurrency' | 'shards'>,
  { deployed }: { deployed: boolean },
): Finding {
  const check = 'Lambda at once';
  if (api_concurrency > 0) {
    // A deployed stage has its reservations already.
    const needed = api_concurrency + shards + 1;
    if (deployed || unreserved - needed >= UNRESERVED_MIN) {
      return ok(check, `${limit} in the account, ${needed} of them for api, ingest and snapshot`);
    }
    return wrong(
      check,
      `${unreserved} are free, and ${needed} would be reserved: AWS keeps ${UNRESERVED_MIN} for others and refuses the deployment`,
      `Deploy with -c api_concurrency=0, or request an increase to ${needed + UNRESERVED_MIN + limit - unreserved}: ${CONCURRENCY_QUOTA}.`,
    );
  }
  if (limit >= COMFORTABLE) return ok(check, `${limit} in the account, none reserved`);
  return note(
    check,
    `${limit} in the account, the limit of a new account: enough for a trial, too low for people and edges at the same time`,
    `Request an increase to 1,000: ${CONCURRENCY_QUOTA}.`,
  );
}

/** @param account the account's limit of shards, and the number of existing ones */
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
    `${open} of ${limit} are in use, and ${shards} more are required`,
    `Deploy fewer (-c shards=…), or request an increase to ${needed}: Service Quotas, Amazon Kinesis Data Streams, Shards per Region.`,
  );
}

/** @param account the account's limit of write units for a table */
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
    `${provisioned_write_units} are requested, and a table can have at most ${table_max_write_units}`,
    'Choose fewer (-c provisioned_write_units=…), or request an increase: Service Quotas, Amazon DynamoDB, Table-level write throughput limit.',
  );
}

/** Requests that each edge sends after a change for all edges. */
const REQUESTS_AN_EDGE = 2;

/** @param per_second the account's limit of AppSync requests a second; undefined: not known */
export function judgeRequests(
  per_second: number | undefined,
  { edge_spread_s }: Pick<Settings, 'edge_spread_s'>,
): Finding {
  const check = 'AppSync requests';
  if (per_second === undefined) {
    return note(
      check,
      'the limit could not be read',
      'See Service Quotas, AWS AppSync, Rate of request tokens.',
    );
  }
  if (edge_spread_s === 0) {
    return note(
      check,
      `${per_second} a second, and all edges read at the same time after a change`,
      'Spread them with -c edge_spread_s=5.',
    );
  }
  const edges = Math.floor((per_second * edge_spread_s) / REQUESTS_AN_EDGE);
  return ok(
    check,
    `${per_second} a second, enough for ${edges.toLocaleString('en')} edges with edge_spread_s=${edge_spread_s}`,
  );
}

/** @param unreachable services that did not answer, with the reason */
export function judgeServices(
  services: readonly string[],
  unreachable: readonly { service: string; reason: string }[],
  region: string,
): Finding {
  if (unreachable.length === 0) return ok('services', `${services.join(', ')} answer in ${region}`);
  return wrong(
    'services',
    `no answer from ${unreachable.map(({ service, reason }) => `${service} (${reason})`).join(', ')}`,
    `Check that this machine can reach AWS, and that ${region} has the service; otherwise choose another region.`,
  );
}
