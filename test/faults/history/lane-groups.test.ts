import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_TRAFFIC } from '../../../core/history/history-keys.ts';
import { readPolicyHistory } from '../../../core/history/points/read-history.ts';
import type { SnapshotMark } from '../../../core/history/sample.ts';
import { readMarks, readPolicySamples } from '../../../core/history/sample-store.ts';
import { callStep } from '../../support/call-step.ts';
import { EDGES, HistoryWorld, RETENTION } from '../../support/history-world.ts';
import { readLanesBefore } from '../../support/lanes-before.ts';
import { T0 } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
/** An hour begins during the test, with its rollups. */
const START = T0 + 55 * MINUTE;
/** More than any run makes, so that each group is read by its own call. */
const CALLS = 26;
const STEP = callStep(2);
const MANY_CALLS = Array.from({ length: CALLS / STEP }, (_, index) => index * STEP);
/** Before and after the claim, during the read of the groups, before the mark and after it. */
const SOME_CALLS = [0, 1, 2, 3, 4, 6, 8, 11, 14, 17, 20];

let db: TestTables;
let world: HistoryWorld;

beforeEach(async () => {
  db = await createTables();
  world = new HistoryWorld(db, START, { grouped: true });
  for (let minute = 0; minute < 2; minute++) {
    await traffic();
    await world.snapshot(world.now);
    world.now += MINUTE;
  }
});
afterEach(() => db.drop());

async function traffic(): Promise<void> {
  for (const [index, { edge_id }] of EDGES.entries()) {
    const packets = 10n ** BigInt(index);
    await world.report(edge_id, { policy_id: String(1 + index), endpoint_id: 'wan1', packets });
  }
}

/**
 * Totals never decrease, lanes and policies agree at every mark, and the points contain all counts.
 */
async function checkAll(): Promise<SnapshotMark[]> {
  const { store, now } = world;
  const range = { resolution: 'MINUTE' as const, from: START - 60 * MINUTE, to: now };
  const marks = await readMarks(store, range);
  const samples = await readPolicySamples(store, { policy_id: ALL_TRAFFIC, range, marks });
  let total = 0n;
  let seen = new Map<string, bigint>();
  for (const mark of marks) {
    const name = new Date(mark.at).toISOString();
    const packets = samples.findLast(({ at }) => at <= mark.at)!.packets;
    expect(packets, name).toBeGreaterThanOrEqual(total);
    const { lanes } = (await readLanesBefore(store, { before: mark.at, now, retention: RETENTION }))!;
    const counted = new Map(
      lanes.map(({ edge_id, pairs }) => [edge_id, pairs.reduce((sum, pair) => sum + pair.packets, 0n)]),
    );
    for (const [edge_id, before] of seen) {
      expect(counted.get(edge_id), `${edge_id} ${name}`).toBeGreaterThanOrEqual(before);
    }
    expect(
      [...counted.values()].reduce((sum, each) => sum + each, 0n),
      name,
    ).toBe(packets);
    [total, seen] = [packets, counted];
  }
  const all = world.counted().reduce((sum, pair) => sum + pair.packets, 0n);
  for (const resolution of ['MINUTE', 'HOUR'] as const) {
    const from = Math.floor(range.from / 3_600_000) * 3_600_000;
    const history = await readPolicyHistory(store, {
      policy_id: ALL_TRAFFIC,
      range: { resolution, from, to: now },
      now: now + 5 * MINUTE,
      retention: RETENTION,
    });
    if (resolution === 'MINUTE') expect(history.packets).toBe(all);
    const gaps = history.points.filter(({ gap }) => gap).map(({ at }) => at);
    if (resolution === 'MINUTE') expect(gaps.filter(at => marks.some(mark => mark.at === at))).toEqual([]);
  }
  return marks;
}

const groupsOf = (marks: readonly SnapshotMark[]) => marks.map(({ groups }) => groups?.late.length);

describe('lanes in groups', () => {
  it('are read as four groups from the second snapshot on, none of them late', async () => {
    const marks = await checkAll();
    expect(marks.map(({ groups }) => groups)).toEqual([undefined, { of: 4, late: [] }]);
  });

  it('count nothing twice and lose nothing if the snapshot is killed at any of its calls', async () => {
    for (const dies of MANY_CALLS) {
      await traffic();
      await world.snapshot(world.now, { dies });
      await traffic();
      world.now += MINUTE;
      expect((await world.snapshot(world.now))?.taken, `after call ${dies}`).toBe(true);
      world.now += MINUTE;
    }
    await checkAll();
  });

  it('count nothing twice and lose nothing if the run of a group is killed at any of its calls', async () => {
    for (const dies of MANY_CALLS) {
      await traffic();
      await world.snapshot(world.now, { groups: index => (index === dies % 4 ? { dies } : 'read') });
      world.now += MINUTE;
      await traffic();
      expect(await world.snapshot(world.now), `after call ${dies}`).toMatchObject({
        taken: true,
        late_groups: [],
      });
      world.now += MINUTE;
    }
    const marks = await checkAll();
    expect(groupsOf(marks).filter(late => late === 1).length).toBeGreaterThan(15 / STEP);
  });

  it('keep the last reading of a late group and name the group in the mark, however it ends', async () => {
    await traffic();
    await world.snapshot(world.now, { groups: index => (index === 2 ? 'late' : 'read') });
    const range = { resolution: 'MINUTE' as const, from: START, to: world.now };
    const [before, late] = (await readMarks(world.store, range)).slice(-2);
    expect(late!.groups).toEqual({
      of: 4,
      late: [{ index: 2, minute: before!.minute, taken_at: before!.taken_at }],
    });
    // edge-a is in group 2: its report is not read, and it does not count as heard.
    expect([late!.edges_expected, late!.edges_heard]).toEqual([3, 2]);

    world.now += MINUTE;
    await world.snapshot(world.now);
    const whole = await checkAll();
    expect(whole.at(-1)).toMatchObject({ groups: { late: [] }, edges_heard: 3 });
  });

  it('store no hour while a group is late, and the next minute does', async () => {
    world.now = START + 5 * MINUTE;
    await traffic();
    const late = await world.snapshot(world.now, { groups: index => (index === 0 ? 'late' : 'read') });
    expect(late).toMatchObject({ taken: true, late_groups: [0], rollups: [] });
    world.now += MINUTE;
    expect(await world.snapshot(world.now)).toMatchObject({ late_groups: [], rollups: ['HOUR'] });
    await checkAll();
  });

  it('take no snapshot if a group was not read for over an hour', async () => {
    for (const minutes of [30, 35]) {
      world.now += minutes * MINUTE;
      const result = await world.snapshot(world.now, { groups: index => (index === 1 ? 'late' : 'read') });
      expect(result?.late_groups).toEqual(minutes === 30 ? [1] : undefined);
    }
    world.now += MINUTE;
    await world.snapshot(world.now);
    expect(await checkAll()).toHaveLength(4);
  });

  it.each(['of the minute before', 'of the same minute', 'of the next minute'])(
    'never go back if the run %s is held up at any of its calls while another one completes',
    async which => {
      for (const at of SOME_CALLS) {
        await traffic();
        const minute = world.now;
        const other = which === 'of the same minute' ? minute : minute + MINUTE;
        const [paused, meanwhile] = which === 'of the next minute' ? [other, minute] : [minute, other];
        await world.snapshot(paused, {
          late_ms: paused === minute ? 61_000 : 1_000,
          pause: {
            at,
            ms: 2_000,
            meanwhile: async () => {
              await traffic();
              world.restartFunction();
              await world.snapshot(meanwhile, { late_ms: meanwhile === minute ? 61_500 : 1_500 });
              await traffic();
            },
          },
        });
        world.now = minute + 2 * MINUTE;
        await world.snapshot(world.now);
        world.now += MINUTE;
      }
      await checkAll();
    },
  );
});

it('the first snapshot stores its minute, hour and day or nothing, after a kill at any call', async () => {
  for (let dies = 64; dies < 92; dies += 1) {
    const tables = await createTables();
    const begun = new HistoryWorld(tables, START);
    await begun.report('edge-a', { policy_id: '1', endpoint_id: 'wan1', packets: 5n });
    await begun.snapshot(begun.now, { dies });
    const marks = await Promise.all(
      (['MINUTE', 'HOUR', 'DAY'] as const).map(resolution =>
        readMarks(begun.store, { resolution, from: 0, to: begun.now }),
      ),
    );
    expect(new Set(marks.map(({ length }) => length)).size, `killed at call ${dies}`).toBe(1);
    await tables.drop();
  }
});
