import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import type { TableNames } from '../../../core/storage/tables.ts';
import { systemClock, systemSleep } from '../../../core/time/clock.ts';
import { systemSchedule } from '../../../core/time/schedule.ts';
import { REGION } from '../../../local/aws/account.ts';
import { startEngines } from '../../../local/engines/engines.ts';
import { openFunctionLogs } from '../../../local/lambda/function-logs.ts';
import { type Provisioned, provision } from '../../../local/provision/provision.ts';
import { startServer } from '../../../local/system/server.ts';
import { type CloudAssembly, readCloudAssembly } from '../../../local/template/cloud-assembly.ts';
import { synthesize } from '../../../local/template/synthesize.ts';
import { type ThrottledDynamoDb, throttledDynamoDb } from '../throttled-dynamodb.ts';

/** A call of a function, by a test or by another function. */
export interface FunctionCall {
  /** The function's short name. */
  name: string;
  event: unknown;
  answer: Promise<unknown>;
}

export interface DeployedBundles {
  dynamodb: ThrottledDynamoDb;
  deployed: Provisioned;
  /** Of the database without its throttle. */
  client: DynamoDBDocumentClient;
  tables: TableNames;
  /** All calls since the beginning. */
  calls: FunctionCall[];
  /** Runs a function, by its short name. */
  invoke(name: string, event: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * The deployed system without its event sources and schedules: only the test invokes its functions.
 */
export async function deployBundles(): Promise<DeployedBundles> {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-bundles-'));
  const [engines, templates] = await Promise.all([
    startEngines({ scratchDirectory: folder, dataDirectory: undefined }),
    synthesize(),
  ]);
  const server = await startServer(0);
  const dynamodb = await throttledDynamoDb(engines.dynamodb.endpoint);
  const deployed = await provision({
    assembly: withSettings(await readCloudAssembly(templates)),
    engines: {
      dynamodb: dynamodb.endpoint,
      kinesis: engines.kinesis.endpoint,
      cognito: engines.cognito,
    },
    server: server.address,
    signIns: [],
    logs: openFunctionLogs(join(folder, 'logs')),
    scratchDirectory: folder,
    onFunctionFailure: () => {},
    onQueueMessage: () => {},
    mailFile: join(folder, 'mails.jsonl'),
    onTrouble: () => {},
    clock: systemClock,
    sleep: systemSleep,
    schedule: systemSchedule,
  });
  server.mount(deployed);
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: engines.dynamodb.endpoint,
      region: REGION,
      credentials: LOCAL_CREDENTIALS,
    }),
  );
  return {
    dynamodb,
    deployed,
    client,
    tables: Object.fromEntries(deployed.tables) as unknown as TableNames,
    calls: callsOf(deployed),
    async invoke(name, event) {
      return (await deployed.functions.get(name)!.invoke(event)).result;
    },
    async close() {
      client.destroy();
      await deployed.stop();
      await dynamodb.close();
      await server.close();
      await engines.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Settings with which functions in a small network behave as in a large one, and caches wait for
 * their shared level on a machine of any load, so that every run is the same.
 */
const SETTINGS = { CACHE_LIMIT_MS: '60000', LANES_A_GROUP: '1', FLOW_LOG_LARGE_HOUR_MB: '0' };

function withSettings(assembly: CloudAssembly): CloudAssembly {
  for (const { template } of assembly.stacks) {
    for (const { Type, Properties } of Object.values(template.Resources ?? {})) {
      if (Type !== 'AWS::Lambda::Function') continue;
      const { Environment } = Properties as { Environment: { Variables: Record<string, string> } };
      Object.assign(Environment.Variables, SETTINGS);
    }
  }
  return assembly;
}

/** Records each call of any caller. */
function callsOf({ functions }: Provisioned): FunctionCall[] {
  const calls: FunctionCall[] = [];
  for (const [name, lambda] of functions) {
    const invoke = lambda.invoke.bind(lambda);
    lambda.invoke = (event, ...rest) => {
      const outcome = invoke(event, ...rest);
      const answer = outcome.then(({ result }) => result);
      answer.catch(() => {});
      calls.push({ name, event, answer });
      return outcome;
    };
  }
  return calls;
}
