import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { META_KEY } from '../../../core/inventory/policies/policy-items.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { systemClock, systemSleep } from '../../../core/time/clock.ts';
import { systemSchedule } from '../../../core/time/schedule.ts';
import { type Engines, startEngines } from '../../../local/engines/engines.ts';
import { openFunctionLogs } from '../../../local/lambda/function-logs.ts';
import { type Provisioned, provision } from '../../../local/provision/provision.ts';
import { type LocalServer, startServer } from '../../../local/system/server.ts';
import { type CloudAssembly, readCloudAssembly } from '../../../local/template/cloud-assembly.ts';
import { synthesize } from '../../../local/template/synthesize.ts';
import { personIn } from '../../support/api.ts';
import { seededRandom } from '../../support/random.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { type ThrottledDynamoDb, throttledDynamoDb } from '../../support/throttled-dynamodb.ts';

let folder: string;
let engines: Engines;
let server: LocalServer;
let dynamodb: ThrottledDynamoDb;
let deployed: Provisioned;

// The deployed system without its event sources and schedules: the test is the only one that calls.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-bundles-'));
  let templates: string;
  [engines, templates] = await Promise.all([
    startEngines({ scratchDirectory: folder, dataDirectory: undefined }),
    synthesize(),
  ]);
  server = await startServer(0);
  dynamodb = await throttledDynamoDb(engines.dynamodb.endpoint);
  deployed = await provision({
    assembly: patient(await readCloudAssembly(templates)),
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
    onTrouble: () => {},
    clock: systemClock,
    sleep: systemSleep,
    schedule: systemSchedule,
  });
  server.mount(deployed);
}, 120_000);

afterAll(async () => {
  await deployed?.stop();
  await dynamodb?.close();
  await server?.close();
  await engines?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** With caches that wait for their shared level however busy this machine is, so that they do the same in every run. */
function patient(assembly: CloudAssembly): CloudAssembly {
  for (const { template } of assembly.stacks) {
    for (const { Type, Properties } of Object.values(template.Resources ?? {})) {
      if (Type !== 'AWS::Lambda::Function') continue;
      const { Variables } = (Properties as { Environment: { Variables: Record<string, string> } })
        .Environment;
      Variables.CACHE_LIMIT_MS = '60000';
    }
  }
  return assembly;
}

async function invoke(name: string, event: unknown): Promise<unknown> {
  return (await deployed.functions.get(name)!.invoke(event)).result;
}

/** The first call is refused and some of the others, as a seeded die says. */
function throttle(probability: number): void {
  const random = seededRandom(1);
  let calls = 0;
  dynamodb.refuse = () => calls++ === 0 || random.chance(probability);
}

/** Each call is refused once: for functions that are called again when they fail, and leave the rest to that. */
function throttleOnce(): void {
  dynamodb.refuse = attempt => attempt === 1;
}

const LEAVE_IT_TO_THEIR_SCHEDULE = ['cleanup', 'flowlog', 'snapshot', 'snapshotgroup'];

const scheduled = { scheduled_at: new Date().toISOString() };

const changeOf = (keys: { pk: string; sk: string }, after: object) => ({
  Records: [
    {
      eventName: 'MODIFY',
      dynamodb: {
        SequenceNumber: '1',
        ApproximateCreationDateTime: 0,
        Keys: marshall(keys),
        NewImage: marshall({ ...keys, ...after }),
      },
    },
  ],
});

/** By function: an event that has it ask the database, and what it answers. */
const EVENTS: Record<string, [event: unknown, answer: unknown]> = {
  api: [
    {
      type: 'Query',
      field: 'sites',
      arguments: {},
      identity: personIn('admin'),
      source: null,
      selection: ['items'],
    },
    { data: expect.objectContaining({ items: [] }) },
  ],
  broadcast: [changeOf(META_KEY, { version: 2 }), { batchItemFailures: [] }],
  cleanup: [scheduled, { steps: expect.any(Array) }],
  deletionworker: [changeOf({ pk: 'RUNNING', sk: 'none' }, {}), { batchItemFailures: [] }],
  export: [{ export_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, { outcome: 'nothing to do' }],
  figures: [scheduled, { publications: 0, failed: 0 }],
  flowlog: [scheduled, expect.objectContaining({ merged: 0 })],
  ingest: [ingestEvent(0), { batchItemFailures: [] }],
  snapshot: [scheduled, expect.objectContaining({ taken: true })],
  snapshotgroup: [
    { minute: 60_000, taken_at: Date.now(), group: { index: 3, of: 4 }, rollups: [], earlier: [] },
    { read: true },
  ],
};

/** A report of an edge with its number of packets, and what it measured on a path that two edges share. */
function ingestEvent(number: number, edge_id = 'edge-1') {
  const now = Date.now() - T0;
  const { data, partition_key, sequence_number, shard_id } = reportRecord(
    {
      edge_id,
      sent_ms: now,
      seq: number + 1,
      policies: [{ policy_id: '7', packets: BigInt(number + 1), bytes: 100n * BigInt(number + 1) }],
      paths: [
        {
          path_id: 'path-1',
          latency_ms: 10 + number,
          jitter_ms: 1,
          packet_loss_pct: 0,
          bandwidth_mbps: 100,
          measured_at: new Date(T0 + now + number).toISOString(),
          tx_packets: 0n,
          tx_bytes: 0n,
          rx_packets: 0n,
          rx_bytes: 0n,
        },
      ],
    },
    { sequence: number, arrived_ms: now },
  );
  return {
    Records: [
      {
        eventID: `${shard_id}:${sequence_number}`,
        eventSource: 'aws:kinesis',
        kinesis: {
          approximateArrivalTimestamp: Date.now() / 1000,
          data: Buffer.from(data).toString('base64'),
          kinesisSchemaVersion: '1.0',
          partitionKey: partition_key,
          sequenceNumber: sequence_number,
        },
      },
    ],
  };
}

it('there is an event for every function of the template', () => {
  expect([...deployed.functions.keys()].sort()).toEqual(Object.keys(EVENTS).sort());
});

// Between two attempts there is nothing but a timer that a container waits for.
it.each(Object.keys(EVENTS))('%s answers properly while the database is throttled', async name => {
  const [event, answer] = EVENTS[name]!;
  if (LEAVE_IT_TO_THEIR_SCHEDULE.includes(name)) throttleOnce();
  else throttle(0.5);
  const before = dynamodb.refused;
  expect(await invoke(name, event)).toEqual(answer);
  expect(dynamodb.refused).toBeGreaterThan(before);
});

// Two containers write the same path's measurement at the same moment: the later one's has to wait for its turn, while the
// invocation has nothing else to do.
it('ingest answers every event while the database is throttled, and counts each report once', async () => {
  throttle(0.2);
  const answers = [];
  for (let number = 1; number <= 10; number++) {
    const events = ['edge-1', 'edge-2'].map(edge_id => ingestEvent(number, edge_id));
    answers.push(...(await Promise.all(events.map(event => invoke('ingest', event)))));
  }
  expect(answers).toEqual(Array(20).fill({ batchItemFailures: [] }));
  dynamodb.refuse = undefined;
  const names = ['audit', 'network', 'traffic', 'cache'];
  const [audit, network, traffic, cache] = names.map(name => deployed.tables.get(name)!);
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: engines.dynamodb.endpoint,
      region: 'eu-central-1',
      credentials: LOCAL_CREDENTIALS,
    }),
  );
  const tables = { audit: audit!, network: network!, traffic: traffic!, cache: cache! };
  expect((await readCounters(client, tables)).get('7')).toMatchObject({
    packets: 22n,
    bytes: 2200n,
  });
  client.destroy();
});
