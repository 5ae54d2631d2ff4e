import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { policySamplePartition } from '../core/history/history-keys.ts';
import { readPolicyHistory } from '../core/history/points/read-history.ts';
import { DEFAULT_RETENTION, RESOLUTIONS, type Resolution } from '../core/history/resolution.ts';
import type { Sample } from '../core/history/sample.ts';
import { markItem, policySampleItem, type SampleStore } from '../core/history/sample-store.ts';
import { type PreviousTotals, takeSnapshot } from '../core/history/snapshot.ts';
import { batchPut } from '../core/storage/batch-write.ts';
import { createTable } from '../test/support/create-table.ts';
import { type BenchRow, NO_PEER } from './bench-row.ts';
import { groupRows } from './lane-groups.ts';
import { laneItem } from './support/lane-item.ts';
import { cpuMilliseconds, median, milliseconds } from './support/measure.ts';
import { noteCalls } from './support/noted-calls.ts';
import { withDatabase } from './support/with-database.ts';

const TABLE = 'traffic';
const LANES = 1000;
const POLICIES = 20;
/** Limit as a multiple of only the same database calls. */
const MAX_READ_RATIO = 2;
const MAX_SNAPSHOT_RATIO = 3;
/**
 * Concurrent calls when they are made without the snapshot, which has as many concurrent writes.
 */
const CALLS_AT_A_TIME = 16;
/** The number of lanes that the snapshot must process within its minute. */
const ON_PAPER = 100_000;
const NOW = Date.parse('2026-03-15T12:00:00Z');

/**
 * A day and a month of one policy, the snapshot of a thousand lanes, and that of ten thousand in
 * groups, on DynamoDB Local.
 */
export async function run(): Promise<BenchRow[]> {
  return withDatabase(async client => {
    await createTable(client, TABLE);
    const store = { client, table: TABLE };
    return [
      ...(await historyRows(store, { resolution: 'MINUTE', points: 1440, name: 'a day of minutes' })),
      ...(await historyRows(store, { resolution: 'HOUR', points: 720, name: '30 days of hours' })),
      ...(await snapshotRows(store)),
      ...(await groupRows(client)),
    ];
  });
}

interface HistoryCase {
  resolution: Resolution;
  points: number;
  name: string;
}

async function historyRows(
  store: SampleStore,
  { resolution, points, name }: HistoryCase,
): Promise<BenchRow[]> {
  const policy_id = `policy-${resolution}`;
  const { ms } = RESOLUTIONS[resolution];
  const expires_at = Math.ceil(NOW / 1000) + 86_400;
  const items = Array.from({ length: points + 1 }, (_, index) => {
    const at = NOW - (points - index) * ms;
    const packets = BigInt(index) * 123_456n;
    const sample: Sample = {
      at,
      taken_at: at + 400,
      packets,
      bytes: packets * 800n,
      active_flows: index % 50,
    };
    const mark = {
      at,
      taken_at: at + 400,
      minute: at,
      edges_expected: 50,
      edges_heard: 50,
      lanes: 50,
      bad_lanes: 0,
    };
    return [
      policySampleItem(policy_id, sample, { resolution, expires_at }),
      markItem(mark, { resolution, expires_at }),
    ];
  });
  await batchPut(items.flat(), { ...store, sleep: async () => {} });

  const pages = await pagesOf(store, policy_id);
  const range = { from: NOW - points * ms, to: NOW, resolution };
  const calls = noteCalls(store.client);
  const read = (from: SampleStore) =>
    readPolicyHistory(from, { policy_id, range, now: NOW, retention: DEFAULT_RETENTION });
  await read({ ...store, client: calls.client });
  const [ours, alone]: [number[], number[]] = [[], []];
  for (let round = 0; round < 21; round++) {
    ours.push(await cpuMilliseconds(() => read(store)));
    alone.push(await cpuMilliseconds(() => calls.repeat({ at_a_time: 2 })));
  }
  const [cpu, peer_value] = [median(ours), median(alone)];
  const ratio = cpu / peer_value;
  return [
    {
      name: `${name} of a policy: pages`,
      value: pages,
      unit: 'Query pages',
      ...NO_PEER,
      threshold: '1 page',
      ok: pages === 1,
      note: `${points} points`,
    },
    {
      name: `${name} of a policy: CPU`,
      value: cpu,
      unit: 'ms',
      peer: `its ${calls.count} calls of the database alone`,
      peer_value,
      ratio,
      threshold: `ratio <= ${MAX_READ_RATIO}`,
      ok: ratio <= MAX_READ_RATIO,
      note: 'samples and marks read, decoded and turned into points; median of 21',
    },
  ];
}

async function pagesOf({ client, table }: SampleStore, policy_id: string): Promise<number> {
  const query = {
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': policySamplePartition(policy_id) },
  };
  let pages = 0;
  for await (const _ of paginateQuery({ client }, query)) pages += 1;
  return pages;
}

async function snapshotRows(store: SampleStore): Promise<BenchRow[]> {
  const lanes = Array.from({ length: LANES }, (_, index) =>
    laneItem(index, { policies: POLICIES, now: NOW }),
  );
  await batchPut(lanes, { ...store, sleep: async () => {} });
  const laneBytes = lanes.reduce((sum, { data }) => sum + data.length + 60, 0);
  const calls = noteCalls(store.client);
  const noting = { ...store, client: calls.client };
  const previous: PreviousTotals = { taken_at: 0, fingerprints: new Map() };
  const snapshot = (minute: number) =>
    takeSnapshot({
      store: noting,
      scheduled_at: NOW + minute * 60_000,
      registered: [],
      retention: DEFAULT_RETENTION,
      clock: () => NOW + minute * 60_000 + 400,
      sleep: async () => {},
      previous,
    });
  const alone = () => calls.repeat({ at_a_time: CALLS_AT_A_TIME });
  const begun = performance.now();
  const taken = await snapshot(1);
  const seconds = (performance.now() - begun) / 1000;
  const callsOfFirst = calls.count;
  const seconds_alone = (await milliseconds(alone)) / 1000;
  let minute = 2;
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < 7; round++) {
    calls.clear();
    ours.push(await cpuMilliseconds(() => snapshot(minute++)));
    bare.push(await cpuMilliseconds(alone));
  }
  const [cpu, cpu_alone] = [median(ours) / 1000, median(bare) / 1000];
  const writeUnits = lanes.reduce((sum, { data }) => sum + Math.ceil((data.length + 60) / 1024), 0);
  const readUnits = laneBytes / 4096;
  return [
    {
      name: `snapshot of ${LANES} lanes × ${POLICIES} policies`,
      value: seconds,
      unit: 's',
      peer: `its ${callsOfFirst} calls of the database alone`,
      peer_value: seconds_alone,
      ratio: seconds / seconds_alone,
      threshold: `ratio <= ${MAX_SNAPSHOT_RATIO}`,
      ok: seconds <= MAX_SNAPSHOT_RATIO * seconds_alone && taken.lanes === LANES,
      note: 'with the hour and day it begins',
    },
    {
      name: `snapshot: CPU of a minute of ${LANES} lanes, times ${ON_PAPER / LANES}`,
      value: cpu * (ON_PAPER / LANES),
      unit: 's',
      peer: 'its calls of the database alone',
      peer_value: cpu_alone * (ON_PAPER / LANES),
      ratio: cpu / cpu_alone,
      threshold: `ratio <= ${MAX_SNAPSHOT_RATIO}`,
      ok: cpu <= MAX_SNAPSHOT_RATIO * cpu_alone,
      note: `${ON_PAPER} lanes on paper, a function of one CPU; median of 7`,
    },
    {
      name: 'snapshot: lane samples written, a lane',
      value: writeUnits / LANES,
      unit: 'write units',
      peer: 'floor: an item a lane',
      peer_value: 1,
      ratio: writeUnits / LANES,
      threshold: 'ratio <= 1',
      ok: writeUnits <= LANES,
      note: `${Math.round(laneBytes / LANES)} bytes a lane; ${Math.round(readUnits)} read units for all, ${Math.round((readUnits * ON_PAPER) / LANES)} for ${ON_PAPER} lanes`,
    },
  ];
}
