import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { exportKey, NOTHING_WRITTEN } from '../../../core/export/export-job.ts';
import { readMarks, readPolicySamples } from '../../../core/history/sample-store.ts';
import { META_KEY } from '../../../core/inventory/policies/policy-items.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';
import { personIn } from '../../support/api.ts';
import { makeFlow } from '../../support/flow-records.ts';
import { type DeployedBundles, deployBundles } from '../../support/local/deployed-bundles.ts';
import { seededRandom } from '../../support/random.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';

let world: DeployedBundles;

beforeAll(async () => {
  world = await deployBundles();
}, 120_000);

afterAll(() => world?.close());

/** The first call is refused and some of the others, by a seeded random number. */
function throttle(probability: number): void {
  const random = seededRandom(1);
  let calls = 0;
  world.dynamodb.refuse = () => calls++ === 0 || random.chance(probability);
}

/**
 * Each call is refused once: for functions that are invoked again after a failure, and rely on
 * that.
 */
function throttleOnce(): void {
  world.dynamodb.refuse = attempt => attempt === 1;
}

/** Makes no call to the database. */
const CALLED_BY_A_DEPLOYMENT = 'publisherpublishconsole';

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

/** By function: an event that makes it call the database, and its answer. */
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
  notify: [scheduled, { delivered: 0, failed: 0, given_up: 0, left: 0 }],
  snapshot: [scheduled, expect.objectContaining({ taken: true })],
  snapshotgroup: [
    { minute: 60_000, taken_at: Date.now(), group: { index: 3, of: 4 }, rollups: [], earlier: [] },
    { read: true },
  ],
};

/**
 * A report of an edge with its number of packets, and its measurement of a path that two edges
 * share.
 */
function ingestEvent(
  number: number,
  edge_id = 'edge-1',
  { at = Date.now(), flows = [] as FlowRecord[] } = {},
) {
  const now = at - T0;
  const { data, partition_key, sequence_number, shard_id } = reportRecord(
    {
      edge_id,
      sent_ms: now,
      flows,
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
          approximateArrivalTimestamp: at / 1000,
          data: Buffer.from(data).toString('base64'),
          kinesisSchemaVersion: '1.0',
          partitionKey: partition_key,
          sequenceNumber: sequence_number,
        },
      },
    ],
  };
}

it('has an event for every function of the template', () => {
  const events = [...Object.keys(EVENTS), CALLED_BY_A_DEPLOYMENT];
  expect([...world.deployed.functions.keys()].sort()).toEqual(events.sort());
});

// Between two attempts a container waits for nothing but a timer.
it.each(Object.keys(EVENTS))('%s answers properly while the database is throttled', async name => {
  const [event, answer] = EVENTS[name]!;
  if (LEAVE_IT_TO_THEIR_SCHEDULE.includes(name)) throttleOnce();
  else throttle(0.5);
  const before = world.dynamodb.refused;
  expect(await world.invoke(name, event)).toEqual(answer);
  expect(world.dynamodb.refused).toBeGreaterThan(before);
});

// Two containers write a measurement of the same path at the same moment: the later one has to
// wait, while the invocation has nothing else to do.
it('ingest answers every event while the database is throttled, and counts each report once', async () => {
  throttle(0.2);
  const answers = [];
  for (let number = 1; number <= 10; number++) {
    const events = ['edge-1', 'edge-2'].map(edge_id => ingestEvent(number, edge_id));
    answers.push(...(await Promise.all(events.map(event => world.invoke('ingest', event)))));
  }
  expect(answers).toEqual(Array(20).fill({ batchItemFailures: [] }));
  world.dynamodb.refuse = undefined;
  expect((await readCounters(world.client, world.tables)).get('7')).toMatchObject({
    packets: 22n,
    bytes: 2200n,
  });
});

it('the snapshot has another function read lanes if there is more than one group', async () => {
  world.dynamodb.refuse = undefined;
  const edges = Array.from({ length: 12 }, (_, index) => `grouped-${index}`);
  for (const edge_id of edges) await world.invoke('ingest', ingestEvent(1, edge_id));
  const before = await readCounters(world.client, world.tables);
  const MINUTE = 60_000;
  const from = Math.floor(Date.now() / MINUTE) * MINUTE + MINUTE;
  const minutes = [0, 1, 2].map(number => from + number * MINUTE);
  for (const minute of minutes) {
    const event = { scheduled_at: new Date(minute).toISOString() };
    expect(await world.invoke('snapshot', event)).toMatchObject({ taken: true, minute, late_groups: [] });
  }
  const readings = world.calls.filter(({ event }) => minutes.includes((event as { minute: number }).minute));
  expect(readings.map(({ name }) => name)).toEqual(Array(2 * 16).fill('snapshotgroup'));
  const store = { client: world.client, table: world.tables.traffic };
  const range = { resolution: 'MINUTE', from, to: minutes.at(-1)! } as const;
  const marks = await readMarks(store, range);
  // Each lane could have its own group: up to sixteen lanes have sixteen, and there are at most two
  // other edges.
  expect(marks.slice(1).map(({ lanes, groups }) => ({ lanes, groups }))).toEqual(
    [1, 2].map(() => ({ lanes: marks[0]!.lanes, groups: { of: 16, late: [] } })),
  );
  const sampled = await readPolicySamples(store, { policy_id: '7', range, marks });
  expect(sampled.at(-1)).toMatchObject({ packets: before.get('7')!.packets });
});

it('the job of the flow log merges a large hour by calls of itself, one for each slice', async () => {
  world.dynamodb.refuse = undefined;
  const HOUR = 3_600_000;
  const hour = Math.floor(Date.now() / HOUR) * HOUR - 3 * HOUR;
  const slices = [3, 11, 35];
  for (const [index, slice] of [...slices, ...slices].entries()) {
    const at = hour + slice * 100_000 + 10_000 + index;
    const flows = [makeFlow({ src_port: 1000 + index })];
    await world.invoke('ingest', ingestEvent(index, `logged-${index}`, { at, flows }));
  }
  expect(await world.invoke('flowlog', {})).toMatchObject({ slices_begun: 3, merged: 0, complete: false });
  const begun = world.calls.filter(({ event }) => isSlice(event));
  expect(begun.map(({ event }) => event)).toEqual(slices.map(slice => ({ slice_of: { hour, slice } })));
  expect(await Promise.all(begun.map(({ answer }) => answer))).toEqual(
    slices.map(() => ({ busy: false, merged: 2, complete: true })),
  );
  expect(await world.invoke('flowlog', {})).toMatchObject({ objects: 3, slices_begun: 0, complete: true });
  const answer = await world.invoke('api', {
    type: 'Query',
    field: 'flows',
    arguments: { from: new Date(hour).toISOString(), to: new Date(hour + HOUR).toISOString() },
    identity: personIn('admin'),
    source: null,
    selection: ['items', 'items/src_port'],
  });
  const { data } = answer as { data: { items: { src_port: number }[] } };
  expect(data.items.map(({ src_port }) => src_port).sort()).toEqual([1000, 1001, 1002, 1003, 1004, 1005]);
});

it('the clean-up lets the export function resume an abandoned export', async () => {
  world.dynamodb.refuse = undefined;
  const now = Date.now();
  const [from, to] = [now - 60_000, now].map(ms => new Date(ms).toISOString());
  const export_id = '01ARZ3NDEKTSV4RRFFQ69G5FAW';
  const Item = {
    ...{
      ...exportKey(export_id),
      export_id,
      tries: 5,
      status: 'RUNNING',
      started_ms: now,
      lease_until_ms: 0,
    },
    ...{ share: 0, rows: 0, bytes: 0, checkpoint: NOTHING_WRITTEN, expires_at: Math.ceil(now / 1000) + 600 },
    ...{ file_name: 'x.csv', object_key: 'exports/x.csv', owner: systemCaller('test') },
    request: { kind: 'STATS', format: 'csv', from, to },
  };
  await world.client.send(new PutCommand({ TableName: world.tables.traffic, Item }));
  const steps = [{ name: 'exports', outcome: 'done', details: { resumed: 1, complete: true } }];
  expect(await world.invoke('cleanup', { ...scheduled, steps: ['exports'] })).toEqual({ steps });
  const called = () =>
    world.calls.find(({ event }) => (event as { export_id?: string }).export_id === export_id);
  await vi.waitFor(() => expect(called()).toMatchObject({ name: 'export' }), { timeout: 30_000 });
  expect(await called()!.answer).toEqual({ outcome: 'failed' });
});

function isSlice(event: unknown): boolean {
  return (event as { slice_of?: unknown }).slice_of !== undefined;
}
