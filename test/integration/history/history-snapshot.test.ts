import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregate } from '../../../core/history/aggregate.ts';
import { readLaneSeries } from '../../../core/history/points/lane-series.ts';
import { readPolicyHistory } from '../../../core/history/points/read-history.ts';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import { readMarks, type SampleStore } from '../../../core/history/sample-store.ts';
import { type PreviousTotals, takeSnapshot } from '../../../core/history/snapshot.ts';
import type { Lane } from '../../../core/ledger/lane/lane.ts';
import { NO_RATE } from '../../../core/ledger/lane/pair-rate.ts';
import { laneKey } from '../../../core/ledger/lane-keys.ts';
import { encodeLane } from '../../../core/ledger/packing/lane-codec.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { pairKey } from '../../../core/totals/pair-key.ts';
import { readLanesBefore } from '../../support/lanes-before.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { servedEdges } from '../../support/served-edges.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-02-28T23:57:00Z');

describe('the snapshot on DynamoDB Local', () => {
  let db: TestTables;
  let store: SampleStore & StoreContext;
  let now = START;
  let previous: PreviousTotals;
  const registered = servedEdges(['edge-1', 'edge-2', 'edge-9']);

  beforeAll(async () => {
    db = await createTables();
    store = { ...storeContext(db, () => now), table: db.tables.traffic };
    previous = { taken_at: 0, fingerprints: new Map() };
  });
  afterAll(() => db.drop());

  async function putLane(edge_id: string, counts: Record<string, bigint>, heard_at = now): Promise<void> {
    const pairs = Object.entries(counts).map(([policy_id, packets]) => {
      const pair = {
        policy_id,
        endpoint_id: 'wan1',
        packets,
        bytes: packets * 100n,
        active_flows: 1,
        rate: NO_RATE,
        earlier_packets: 5n,
        earlier_bytes: 500n,
        estimated: false,
        earlier_estimated: 0n,
        seq: 1,
        named_hour: 0,
      };
      return [pairKey(pair), pair] as const;
    });
    const lane: Lane = {
      edge_id,
      part: 0,
      site_id: edge_id === 'edge-1' ? 'site-a' : 'site-b',
      policies_version: '1',
      interval_s: 60,
      boot_id: 'boot',
      seq: 1,
      parts: 1,
      sent_at_ms: heard_at,
      first_heard_at_ms: START,
      last_heard_at_ms: heard_at,
      slot: 0,
      parts_before: 0,
      idle_version: 0,
      pairs: new Map(pairs),
      paths: new Map(),
    };
    const Item = { ...laneKey(edge_id, 0), version: 1, data: encodeLane(lane) };
    await db.client.send(new PutCommand({ TableName: db.tables.traffic, Item }));
  }

  function snapshot() {
    return asFunction('snapshot', () =>
      takeSnapshot({
        store,
        scheduled_at: now,
        registered,
        retention: DEFAULT_RETENTION,
        clock: () => now + 300,
        sleep: async () => {},
        previous,
      }),
    );
  }

  it('samples policies and lanes over a new day, and answers every grouping with the same total', async () => {
    await putLane('edge-1', { '1': 10n, '2': 20n });
    await putLane('edge-2', { '1': 100n });
    expect(await snapshot()).toEqual({
      taken: true,
      minute: START,
      lanes: 2,
      bad_lanes: 0,
      edges_expected: 3,
      edges_silent: 1,
      packets_counted: 145,
      bytes_counted: 14_500,
      policies_written: 3,
      rollups: ['HOUR', 'DAY'],
      late_groups: [],
    });

    expect((await snapshot()).taken).toBe(false);

    now = START + MINUTE;
    await putLane('edge-1', { '1': 70n, '2': 20n });
    expect(await snapshot()).toMatchObject({ policies_written: 2, rollups: [] });

    now = START + 3 * MINUTE;
    await putLane('edge-1', { '1': 190n, '2': 20n });
    await putLane('edge-2', { '1': 160n });
    await db.client.send(
      new PutCommand({
        TableName: db.tables.traffic,
        Item: { ...laneKey('broken', 0), version: 1, data: new Uint8Array([99, 9]) },
      }),
    );
    expect(await snapshot()).toMatchObject({ lanes: 3, bad_lanes: 1, rollups: ['HOUR', 'DAY'] });

    const history = await readPolicyHistory(store, {
      policy_id: '1',
      retention: DEFAULT_RETENTION,
      range: { from: START, to: START + 3 * MINUTE, resolution: 'MINUTE' },
      now,
    });
    expect(history.points.map(point => [point.packets, point.gap, point.intervals_missed])).toEqual([
      [60n, false, 0],
      [0n, true, 0],
      [180n, false, 1],
    ]);
    expect(history.points[2]?.completeness).toMatchObject({ edges_expected: 3, edges_heard: 2 });
    expect(history.packets).toBe(240n);

    const hours = await readPolicyHistory(store, {
      policy_id: '1',
      retention: DEFAULT_RETENTION,
      range: {
        from: Date.parse('2026-02-28T23:00Z'),
        to: Date.parse('2026-03-01T00:00Z'),
        resolution: 'HOUR',
      },
      now,
    });
    expect(hours.points[0]).toMatchObject({
      // Including the counts before the first snapshot of the system, at 23:57.
      packets: 360n,
      // Of the 60 that edge-2 reported after three minutes, 40 came in the last two: with edge-1's
      // 120 that is 160 in 120 s.
      peak: { packets_per_second: 160 / 120, bits_per_second: (160 * 100 * 8) / 120, active_flows: 2 },
    });

    const at = (before: number) => readLanesBefore(store, { before, now, retention: DEFAULT_RETENTION });
    const [before, after] = await Promise.all([at(START), at(START + 5 * MINUTE)]);
    const totals = (['POLICY', 'SITE', 'ENDPOINT', 'EDGE'] as const).map(group => {
      const lanes = { before: before!.lanes, after: after!.lanes };
      return aggregate({ ...lanes, group_by: [group], order_by: 'BYTES', limit: 1 }).total;
    });
    expect(new Set(totals.map(total => `${total.packets}/${total.bytes}`))).toEqual(new Set(['240/24000']));

    const marks = await readMarks(store, { resolution: 'MINUTE', from: START, to: now });
    const reading = {
      ...store,
      clock: () => now,
      sleep: async () => {},
      random: () => 0,
      deadline: now + 1000,
    };
    const series = await readLaneSeries(reading, {
      marks,
      selection: { lanes: [{ edge_id: 'edge-1', part: 0 }], filter: { endpoint_id: 'wan1' } },
    });
    expect(series.map(sample => sample.packets)).toEqual([40n, 100n, 220n]);
  });

  it('does not date the first reading of the system before its time, late in its hour', async () => {
    const later = START + 60 * 60 * MINUTE;
    const at = (before: number) =>
      readLanesBefore(store, { before, now: later, retention: DEFAULT_RETENTION });
    expect(await at(START - 20 * MINUTE)).toBeUndefined();
    expect((await at(START + MINUTE))?.mark).toMatchObject({
      minute: START,
      at: Date.parse('2026-02-28T23:00Z'),
    });
  });

  it('ignores samples of a run that did not finish', async () => {
    now = START + 10 * MINUTE;
    await putLane('edge-1', { '1': 500n });
    const cutOff = { ...store, client: Object.create(db.client) as typeof db.client };
    cutOff.client.send = ((command: { constructor: { name: string } }) =>
      command.constructor.name === 'PutCommand'
        ? Promise.reject(new Error('killed'))
        : db.client.send(command as never)) as typeof db.client.send;
    await expect(
      asFunction('snapshot', () =>
        takeSnapshot({
          store: cutOff,
          scheduled_at: now,
          registered,
          retention: DEFAULT_RETENTION,
          clock: () => now + 100,
          sleep: async () => {},
        }),
      ),
    ).rejects.toThrow('killed');

    await putLane('edge-1', { '1': 600n });
    await snapshot();
    const { points } = await readPolicyHistory(store, {
      policy_id: '1',
      retention: DEFAULT_RETENTION,
      range: { from: now - MINUTE, to: now, resolution: 'MINUTE' },
      now,
    });
    expect(points.at(-1)?.packets_total).toBe(600n + 5n + 160n + 5n);
  });

  it('keeps the last reading of an unreadable lane, and continues when the lane is readable again', async () => {
    const first = START + 20 * MINUTE;
    now = first;
    await putLane('edge-1', { '1': 1000n });
    await snapshot();
    now = first + MINUTE;
    const { pk, sk } = laneKey('edge-1', 0);
    await db.client.send(
      new PutCommand({
        TableName: db.tables.traffic,
        Item: { pk, sk, version: 1, data: new Uint8Array([9]) },
      }),
    );
    await putLane('edge-2', { '1': 200n });
    expect(await snapshot()).toMatchObject({ bad_lanes: 2 });
    now = first + 2 * MINUTE;
    expect(await snapshot()).toMatchObject({ bad_lanes: 2 });
    now = first + 3 * MINUTE;
    await putLane('edge-1', { '1': 1500n });
    expect(await snapshot()).toMatchObject({ bad_lanes: 1 });

    const range = { from: first, to: now, resolution: 'MINUTE' } as const;
    const { points } = await readPolicyHistory(store, {
      policy_id: '1',
      range,
      now,
      retention: DEFAULT_RETENTION,
    });
    expect(points.map(point => point.packets)).toEqual([40n, 0n, 500n]);
    const at = (before: number) => readLanesBefore(store, { before, now, retention: DEFAULT_RETENTION });
    const [before, after] = await Promise.all([at(first), at(now - MINUTE)]);
    const { rows } = aggregate({
      before: before!.lanes,
      after: after!.lanes,
      group_by: ['EDGE'],
      order_by: 'BYTES',
      limit: 9,
    });
    expect(rows).toEqual([{ edge_id: 'edge-2', packets: 40n, bytes: 4000n, estimated_bytes: 0n }]);
  });

  it('leaves a minute missing if its job runs after that of a later minute', async () => {
    const minute = START + 30 * MINUTE;
    now = minute + MINUTE;
    await putLane('edge-2', { '1': 300n });
    await snapshot();
    await putLane('edge-2', { '1': 310n });
    const late = await asFunction('snapshot', () =>
      takeSnapshot({
        store,
        scheduled_at: minute,
        registered,
        retention: DEFAULT_RETENTION,
        clock: () => now + 30_000,
        sleep: async () => {},
      }),
    );
    expect(late.taken).toBe(false);
    const range = { from: minute - MINUTE, to: minute + MINUTE, resolution: 'MINUTE' } as const;
    const { points } = await readPolicyHistory(store, {
      policy_id: '1',
      range,
      now: now + 10 * MINUTE,
      retention: DEFAULT_RETENTION,
    });
    expect(points.map(({ gap, packets }) => [gap, packets])).toEqual([
      [true, 0n],
      [false, 100n],
    ]);
  });

  it('does not wait for marks of a clock that was set back', async () => {
    const right = START + 40 * MINUTE;
    now = right + 60 * MINUTE;
    await putLane('edge-2', { '1': 400n });
    await snapshot();
    now = right;
    await putLane('edge-2', { '1': 450n });
    expect(await snapshot()).toMatchObject({ taken: true });
    now = right + 61 * MINUTE;
    await putLane('edge-2', { '1': 460n });
    await snapshot();
    const range = { from: right, to: now, resolution: 'MINUTE' } as const;
    const { points, packets } = await readPolicyHistory(store, {
      policy_id: '1',
      range,
      now,
      retention: DEFAULT_RETENTION,
    });
    expect(packets).toBe(10n);
    expect(points.at(-1)).toMatchObject({ gap: false, packets: 10n, intervals_missed: 60 });
  });

  it('finds the base of a policy whose last change was long before missed minutes', async () => {
    const hour = Date.parse('2026-03-01T06:00:00Z');
    for (const [minute, packets] of [
      [2, 5000n],
      [40, 5000n],
      [75, 5007n],
    ] as const) {
      now = hour + minute * MINUTE;
      await putLane('edge-1', { '9': packets });
      await snapshot();
    }
    // 06:02 is the only sample of policy 9 before the range, 06:40 the last snapshot.
    const range = { from: hour + 65 * MINUTE, to: hour + 76 * MINUTE, resolution: 'MINUTE' } as const;
    const { points } = await readPolicyHistory(store, {
      policy_id: '9',
      range,
      now: now + 10 * MINUTE,
      retention: DEFAULT_RETENTION,
    });
    expect(points.filter(({ gap }) => !gap)).toMatchObject([{ packets: 7n, intervals_missed: 34 }]);
  });

  it('keeps samples for their retention, and longer by the possible age of their base', async () => {
    const hour = Date.parse('2026-03-02T00:00:00Z');
    now = hour;
    await snapshot();
    const { Items = [] } = await db.client.send(
      new QueryCommand({
        TableName: db.tables.traffic,
        KeyConditionExpression: 'pk = :pk AND sk > :sk',
        ExpressionAttributeValues: { ':pk': 'SNAPSHOT', ':sk': '1' },
      }),
    );
    const expiry = (sk: string) => Items.find(item => item.sk === sk)?.expires_at;
    const HOUR_S = 3600;
    expect(expiry('1m#2026-03-02T00:00Z')).toBe(hour / 1000 + 49 * HOUR_S);
    expect(expiry('1h#2026-03-02T00:00Z')).toBe(hour / 1000 + (90 * 24 + 1) * HOUR_S);
    expect(expiry('1d#2026-03-02T00:00Z')).toBe(hour / 1000 + 731 * 24 * HOUR_S);
    expect(Items.find(item => item.sk === 'FIRST')).toEqual({ pk: 'SNAPSHOT', sk: 'FIRST', minute: START });
  });
});
