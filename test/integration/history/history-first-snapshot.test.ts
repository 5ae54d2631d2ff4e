import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstSnapshotPut, readFirstSnapshot } from '../../../core/history/first-snapshot.ts';
import { readLanesAtEnds } from '../../../core/history/lane-history.ts';
import { type History, readPolicyHistory } from '../../../core/history/points/read-history.ts';
import type { Resolution } from '../../../core/history/resolution.ts';
import { HistoryWorld, RETENTION } from '../../support/history-world.ts';
import { T0 } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('history from the first snapshot of the system', () => {
  let db: TestTables;
  let world: HistoryWorld;

  beforeEach(async () => {
    db = await createTables();
    world = new HistoryWorld(db, T0);
  });
  afterEach(() => db.drop());

  function history(from: number, to: number, resolution: Resolution = 'MINUTE'): Promise<History> {
    const range = { from, to, resolution };
    return readPolicyHistory(world.store, {
      policy_id: '1',
      range,
      now: world.now + 1000,
      retention: RETENTION,
    });
  }

  function report(packets: bigint): Promise<void> {
    return world.report('edge-a', { policy_id: '1', endpoint_id: 'wan1', packets });
  }

  function spreadOf({ points }: History): bigint {
    return points.reduce((sum, { spread }) => sum + spread.packets, 0n);
  }

  async function minute(packets: bigint): Promise<void> {
    world.now += MINUTE;
    await report(packets);
    await world.snapshot(world.now);
  }

  it('spreads all counts of an edge that reported long before it', async () => {
    await report(1000n);
    world.now = T0 + HOUR - MINUTE;
    await world.snapshot(world.now);
    world.now += 30 * MINUTE;
    await report(8900n);
    await world.snapshot(world.now);
    const all = await history(T0 - HOUR, world.now);
    expect(all.packets).toBe(9900n);
    expect(all.points.map(({ spread }) => spread.packets)).toEqual([
      // Of the 89 minutes between the reports, 59 had passed by the first snapshot.
      1000n + 5900n,
      ...new Array(29).fill(0n),
      3000n,
    ]);
    expect(all.points[0]!.packets_per_second).toBe(0);
    expect(spreadOf(await history(T0, T0 + 2 * HOUR, 'HOUR'))).toBe(9900n);
  });

  it('has the same parts if the very first snapshot was cut off before its mark', async () => {
    world.now += MINUTE;
    await report(1000n);
    const begin = world.now;
    await world.snapshot(begin, { dies: 'before the mark' });
    for (const packets of [50n, 60n, 60n, 60n, 60n, 60n, 60n, 60n, 60n]) await minute(packets);
    const whole = await history(begin - HOUR, world.now);
    const [before, after] = [await history(begin - HOUR, begin), await history(begin, world.now)];
    expect([whole.packets, before.packets, after.packets]).toEqual([1530n, 0n, 1530n]);
    expect(spreadOf(after)).toBe(1530n);
    expect(after.points[0]).toMatchObject({ packets: 1050n, packets_per_second: 0 });
    // The totals in the first snapshot are no sample of the percentile.
    for (const { p95_bits_per_second } of [whole, after]) expect(p95_bits_per_second).toBe(800);
    const ends = await readLanesAtEnds(world.store, {
      from: begin,
      to: world.now,
      now: world.now,
      retention: RETENTION,
    });
    expect([ends.before, ends.lost]).toEqual([undefined, false]);
  });

  it('stays stored after all marks have expired, when the next snapshot is taken', async () => {
    const { client, table } = world.store;
    const begun = T0 - 3000 * 24 * HOUR;
    await client.send(new PutCommand(firstSnapshotPut(table, begun)));
    await report(1000n);
    expect(await world.snapshot(world.now)).toMatchObject({ taken: true });
    expect(await readFirstSnapshot(world.store)).toBe(begun);
    const { packets, begins } = await history(T0 - HOUR, T0);
    expect([packets, begins]).toEqual([0n, undefined]);
  });

  it('starts from zero in each range of hours whose base is older than the first reading', async () => {
    world.now = T0 + 29 * MINUTE;
    await report(1000n);
    await world.snapshot(world.now);
    world.now = T0 + 12 * HOUR;
    await report(50n);
    await world.snapshot(world.now);
    const ends = [T0 - HOUR, T0 + 11 * HOUR, T0 + 12 * HOUR] as const;
    const whole = await history(ends[0], ends[2], 'HOUR');
    const parts = [await history(ends[0], ends[1], 'HOUR'), await history(ends[1], ends[2], 'HOUR')];
    expect([whole, ...parts].map(({ packets }) => packets)).toEqual([1050n, 0n, 1050n]);
  });
});
