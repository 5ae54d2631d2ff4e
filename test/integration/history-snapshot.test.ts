import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregate } from '../../core/history/aggregate.ts';
import { readLanesBefore } from '../../core/history/lane-history.ts';
import { readLaneSeries } from '../../core/history/lane-series.ts';
import { readPolicyHistory } from '../../core/history/read-history.ts';
import { DEFAULT_RETENTION } from '../../core/history/resolution.ts';
import { readMarks, type SampleStore } from '../../core/history/sample-store.ts';
import { type PreviousTotals, takeSnapshot } from '../../core/history/snapshot.ts';
import { type Lane, pairKey } from '../../core/traffic/lane.ts';
import { encodeLane } from '../../core/traffic/lane-codec.ts';
import { laneKey } from '../../core/traffic/lane-keys.ts';
import { createTables, type TestTables } from '../support/tables.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-02-28T23:57:00Z');

describe('snapshots on DynamoDB Local', () => {
  let db: TestTables;
  let store: SampleStore;
  let now = START;
  let previous: PreviousTotals;
  const registered = new Set(['edge-1', 'edge-2', 'edge-9']);

  beforeAll(async () => {
    db = await createTables();
    store = { client: db.client, table: db.tables.traffic };
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
        earlier_packets: 5n,
        earlier_bytes: 500n,
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
      pairs: new Map(pairs),
      paths: new Map(),
    };
    const Item = { ...laneKey(edge_id, 0), version: 1, data: encodeLane(lane) };
    await db.client.send(new PutCommand({ TableName: db.tables.traffic, Item }));
  }

  function snapshot() {
    return takeSnapshot({
      store,
      scheduled_at: now,
      registered,
      retention: DEFAULT_RETENTION,
      clock: () => now + 300,
      sleep: async () => {},
      previous,
    });
  }

  it('samples policies and lanes over a new day, and answers every grouping with the same total', async () => {
    await putLane('edge-1', { '1': 10n, '2': 20n });
    await putLane('edge-2', { '1': 100n });
    expect(await snapshot()).toEqual({
      taken: true,
      minute: START,
      lanes: 2,
      bad_lanes: 0,
      policies_written: 3,
      rollups: ['HOUR', 'DAY'],
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
        Item: { ...laneKey('broken', 0), version: 1, data: new Uint8Array([9, 9]) },
      }),
    );
    expect(await snapshot()).toMatchObject({ lanes: 3, bad_lanes: 1, rollups: ['HOUR', 'DAY'] });

    const history = await readPolicyHistory(store, {
      policy_id: '1',
      range: { from: START, to: START + 3 * MINUTE, resolution: 'MINUTE' },
      now,
    });
    expect(history.points.map(point => [point.packets, point.gap, point.intervals_missed])).toEqual([
      [60n, false, 0],
      [0n, true, 0],
      [180n, false, 1],
    ]);
    expect(history.points[2]?.completeness).toEqual({ edges_expected: 3, edges_heard: 2, ratio: 2 / 3 });
    expect(history.packets).toBe(240n);

    const hours = await readPolicyHistory(store, {
      policy_id: '1',
      range: {
        from: Date.parse('2026-02-28T23:00Z'),
        to: Date.parse('2026-03-01T00:00Z'),
        resolution: 'HOUR',
      },
      now,
    });
    expect(hours.points[0]).toMatchObject({
      // With what was counted before the system's first snapshot, at 23:57.
      packets: 360n,
      peak: { packets_per_second: 1.5, bits_per_second: 1200, active_flows: 2 },
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
      selection: { lanes: [{ edge_id: 'edge-1', part: 0 }], endpoint_id: 'wan1' },
    });
    expect(series.map(sample => sample.packets)).toEqual([40n, 100n, 220n]);
  });

  it('leaves out what a run wrote that did not finish', async () => {
    now = START + 10 * MINUTE;
    await putLane('edge-1', { '1': 500n });
    const cutOff = { ...store, client: Object.create(db.client) as typeof db.client };
    cutOff.client.send = ((command: { constructor: { name: string } }) =>
      command.constructor.name === 'PutCommand'
        ? Promise.reject(new Error('killed'))
        : db.client.send(command as never)) as typeof db.client.send;
    await expect(
      takeSnapshot({
        store: cutOff,
        scheduled_at: now,
        registered,
        retention: DEFAULT_RETENTION,
        clock: () => now + 100,
        sleep: async () => {},
      }),
    ).rejects.toThrow('killed');

    await putLane('edge-1', { '1': 600n });
    await snapshot();
    const { points } = await readPolicyHistory(store, {
      policy_id: '1',
      range: { from: now - MINUTE, to: now, resolution: 'MINUTE' },
      now,
    });
    expect(points.at(-1)?.packets_total).toBe(600n + 5n + 160n + 5n);
  });
});
