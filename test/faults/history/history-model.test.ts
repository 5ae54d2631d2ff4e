import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { aggregate, LANE_GROUPS } from '../../../core/history/aggregate.ts';
import { type History, readPolicyHistory } from '../../../core/history/points/read-history.ts';
import { readTrafficHistory } from '../../../core/history/points/traffic-history.ts';
import { ceilTo, floorTo, RESOLUTIONS, type Resolution } from '../../../core/history/resolution.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { resetAllStats, resetPolicyStats, undoReset } from '../../../core/ledger/figures/reset-stats.ts';
import { readShownCounters } from '../../../core/ledger/figures/shown-counters.ts';
import { auditTraffic } from '../../../core/ledger/figures/traffic-audit.ts';
import type { Dimension, DimensionFilter } from '../../../core/totals/dimension-filter.ts';
import type { GroupFate } from '../../support/group-workers.ts';
import { EDGES, HistoryWorld, type ModelPair, RETENTION } from '../../support/history-world.ts';
import { readLanesBefore } from '../../support/lanes-before.ts';
import { T0 } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const POLICIES = ['1', '2', 'default'];
const RUNS = Number(process.env.HISTORY_RUNS ?? 3);
/** The bounded run repeats the same histories; the long one finds new ones. */
const SEED = process.env.HISTORY_RUNS === undefined ? { seed: 1 } : {};

const traffic = fc.record({
  edge: fc.constantFrom(...EDGES.map(({ edge_id }) => edge_id)),
  policy_id: fc.constantFrom(...POLICIES),
  endpoint_id: fc.constantFrom('wan1', 'wan2'),
  packets: fc.bigInt(0n, 2n ** 54n),
  restart: fc.boolean(),
  repeated: fc.boolean(),
  skew_ms: fc.constantFrom(0, 0, -3 * HOUR, 5 * HOUR),
});

type BootTotals = ReturnType<HistoryWorld['bootTotals']>;

/**
 * Time passes, edges report, a person resets counters, and the job of the minute succeeds or fails.
 */
const step = fc.record({
  wait: fc.constantFrom(
    'a minute',
    'a minute',
    'a minute',
    'a minute',
    'a minute',
    'an outage',
    'to the next hour',
    'to the next day',
    'a day and more',
  ),
  traffic: fc.array(traffic, { maxLength: 3 }),
  reset: fc.constantFrom('none', 'none', 'a policy', 'all', 'undo'),
  voids: fc.constantFrom('none', 'none', 'none', 'a boot', 'undo'),
  job: fc.constantFrom(
    'taken',
    'taken',
    'taken twice',
    'late',
    'over its minute',
    'after the next one',
    'missed',
    'killed',
    'killed and called again',
    'new container',
    'a lane unreadable',
    'groups go wrong',
    'groups go wrong',
  ),
  groups: fc.array(
    fc.constantFrom<GroupFate>('read', 'read', 'read twice', 'late', { dies: 1 }, { dies: 4 }, { dies: 19 }),
    { minLength: 4, maxLength: 4 },
  ),
  dies: fc.oneof(fc.constant('before the mark' as const), fc.nat(150)),
  edge: fc.constantFrom(...EDGES.map(({ edge_id }) => edge_id)),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

describe('history of random traffic, resets, restarts, outages and late jobs', () => {
  let db: TestTables;

  it('counts every byte in exactly one interval and gives every grouping the same total', {
    timeout: 7_200_000,
  }, async () => {
    const property = fc.asyncProperty(
      fc.nat(2 * 24 * 60),
      fc.boolean(),
      fc.array(step, { minLength: 4, maxLength: 10 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
      async (startMinute, grouped, steps, dice) => {
        db = await createTables();
        const world = new HistoryWorld(db, T0 + startMinute * MINUTE, { grouped });
        const start = world.now;
        const instants = new Set([start]);
        const resets = new Resets(db);
        for (const each of steps) {
          await play(world, each);
          await resets.play(each.reset, world);
          if (each.voids === 'a boot') await world.voidBoot(each.edge);
          if (each.voids === 'undo') await world.undoVoid();
          instants.add(world.now);
        }
        const end = world.now + MINUTE;
        await checkCounters(world, resets);
        const roll = () => dice.next().value as number;
        const pick = () =>
          [...instants][Math.floor(roll() * instants.size)]! + Math.floor(roll() * 5 - 2) * MINUTE;
        for (const resolution of ['MINUTE', 'HOUR', 'DAY'] as const) {
          const { ms } = RESOLUTIONS[resolution];
          const from = floorTo(start - 2 * HOUR, ms);
          const to = ceilTo(end, ms);
          const cut = Math.min(Math.max(floorTo(pick(), ms), from), to);
          await checkHistory(world, { resolution, from, cut, to });
        }
        await checkGroupings(world, { from: pick(), to: end });
        await db.drop();
      },
    );
    await fc.assert(property, { ...SEED, numRuns: RUNS, endOnFailure: true });
  });

  async function play(
    world: HistoryWorld,
    { wait, traffic: reports, job, dies, edge, groups }: Step,
  ): Promise<void> {
    const before = world.now;
    world.now = passed(before, wait);
    for (const { edge: edge_id, restart, repeated, skew_ms, ...counted } of reports) {
      await world.report(edge_id, counted, { restart, repeated, skew_ms });
    }
    const minute = world.now;
    if (job === 'missed') return;
    if (job === 'killed' || job === 'killed and called again') {
      await world.snapshot(minute, { dies });
      if (job === 'killed') return;
      await world.report(edge, { policy_id: '2', endpoint_id: 'wan1', packets: 5n });
      await world.snapshot(minute, { late_ms: 55_000 });
    } else if (job === 'groups go wrong') {
      await world.snapshot(minute, { groups: index => groups[index]! });
    } else if (job === 'a lane unreadable') await world.withUnreadable(edge, () => world.snapshot(minute));
    else if (job === 'late') await world.snapshot(minute, { late_ms: 50_000 });
    else if (job === 'over its minute') {
      await world.snapshot(minute, { late_ms: 70_000 });
      world.now = minute + MINUTE;
      await world.snapshot(world.now, { late_ms: 15_000 });
    } else if (job === 'after the next one') {
      world.now = minute + MINUTE;
      await world.snapshot(world.now);
      await world.report(edge, { policy_id: '1', endpoint_id: 'wan1', packets: 77n });
      expect((await world.snapshot(minute, { late_ms: 90_000 }))?.taken).toBe(false);
    } else {
      if (job === 'new container') world.restartFunction();
      expect((await world.snapshot(minute))?.taken).toBe(true);
      if (job === 'taken twice')
        expect((await world.snapshot(minute, { late_ms: 20_000 }))?.taken).toBe(false);
    }
  }

  function passed(now: number, wait: Step['wait']): number {
    if (wait === 'an outage') return now + 97 * MINUTE;
    if (wait === 'to the next hour') return floorTo(now, HOUR) + HOUR;
    if (wait === 'to the next day') return floorTo(now, DAY) + DAY;
    if (wait === 'a day and more') return now + DAY + 61 * MINUTE;
    return now + MINUTE;
  }

  class Resets {
    readonly #db: TestTables;
    readonly #done: { audit_id: string; covers: string | undefined; counted: BootTotals }[] = [];

    constructor(tables: TestTables) {
      this.#db = tables;
    }

    async play(kind: Step['reset'], world: HistoryWorld): Promise<void> {
      if (kind === 'none') return;
      const { now } = world;
      const context = {
        ...this.#db,
        clock: () => now,
        sleep: async () => {},
        random: () => 0,
        deadline: now + HOUR,
      };
      const actor = systemCaller('test');
      if (kind === 'undo') {
        const last = this.#done.pop();
        if (last) await undoReset(context, { actor, audit_id: last.audit_id });
        return;
      }
      const counted = world.bootTotals();
      const reset =
        kind === 'all'
          ? await resetAllStats(context, { actor })
          : await resetPolicyStats(context, { actor, policy_id: '1', defined: true });
      this.#done.push({ audit_id: reset.audit_id, covers: kind === 'all' ? undefined : '1', counted });
    }

    /** The counts of boots at the newest reset that covers a policy. */
    baseOf(policy_id: string): BootTotals {
      const newest = this.#done.findLast(({ covers }) => covers === undefined || covers === policy_id);
      return newest?.counted ?? new Map();
    }
  }

  async function checkCounters(world: HistoryWorld, resets: Resets): Promise<void> {
    const counters = await readCounters(db.client, db.tables);
    const shown = await readShownCounters(db.client, db.tables);
    for (const policy_id of POLICIES) {
      const counted = sum(world.counted().filter(pair => pair.policy_id === policy_id));
      expect(counters.get(policy_id)?.packets ?? 0n, `counter of ${policy_id}`).toBe(counted);
      const due = world.countedSince(policy_id, resets.baseOf(policy_id));
      expect(shown.get(policy_id)?.packets ?? 0n, `shown of ${policy_id}`).toBe(due);
      expect(shown.get(policy_id)?.bytes ?? 0n, `bytes of ${policy_id}`).toBe(due * 100n);
      const estimated = estimatedOf(world.counted().filter(pair => pair.policy_id === policy_id));
      expect(counters.get(policy_id)?.estimated_bytes ?? 0n).toBe(estimated);
      const sampled = world.countedSince(policy_id, resets.baseOf(policy_id), { estimated: true });
      expect(shown.get(policy_id)?.estimated_bytes ?? 0n, `estimated of ${policy_id}`).toBe(sampled * 100n);
    }
    expect((await auditTraffic({ ...db, clock: () => 0, deadline: 1 })).mismatches).toEqual([]);
  }

  /**
   * Two adjacent ranges contain each increment once, and together all traffic from one end to the
   * other.
   */
  async function checkHistory(
    world: HistoryWorld,
    { resolution, from, cut, to }: { resolution: Resolution; from: number; cut: number; to: number },
  ): Promise<void> {
    const now = to + DAY;
    const store = {
      ...world.store,
      clock: () => now,
      sleep: async () => {},
      random: () => 0,
      deadline: now + HOUR,
    };
    const between = await world.oracle(resolution);
    const estimatedBetween = await world.oracle(resolution, 'estimated');
    const { edge_id, site_id } = EDGES[1];
    const filters: DimensionFilter[] = [
      {},
      { edge_id },
      { site_id, endpoint_id: 'wan2' },
      { site_id, policy_id: '2' },
      { policy_ids: ['1', 'default'] },
      { not: { policy_ids: ['2'] } },
      { endpoint_ids: ['wan1', 'wan2'], not: { edge_ids: [edge_id], policy_ids: ['1'] } },
    ];
    const spread = new SpreadParts();
    for (const [a, b] of [
      [from, cut],
      [cut, to],
      [from, to],
    ] as const) {
      if (a >= b) continue;
      const whole = a === from && b === to;
      const range = { from: a, to: b, resolution };
      const expected = (filter: DimensionFilter) => between(range, pair => matches(pair, filter));
      for (const filter of filters) {
        const history = await readTrafficHistory(store, {
          range,
          filter,
          now: store.clock(),
          retention: RETENTION,
        });
        expect(history.packets, `${resolution} ${JSON.stringify(filter)} ${iso(a)} ${iso(b)}`).toBe(
          expected(filter),
        );
        expect(history.estimated_bytes, `estimated ${JSON.stringify(filter)}`).toBe(
          estimatedBetween(range, pair => matches(pair, filter)) * 100n,
        );
        expect(history.points.every(point => point.packets >= 0n && point.bits_per_second >= 0)).toBe(true);
        spread.check(JSON.stringify(filter), history, { whole });
      }
      for (const policy_id of POLICIES) {
        const history = await readPolicyHistory(store, { policy_id, range, now, retention: RETENTION });
        expect(history.packets, `${resolution} policy ${policy_id} ${iso(a)} ${iso(b)}`).toBe(
          expected({ policy_id }),
        );
        expect(history.bytes).toBe(history.packets * 100n);
        expect(history.estimated_bytes, `estimated of policy ${policy_id}`).toBe(
          estimatedBetween(range, pair => pair.policy_id === policy_id) * 100n,
        );
        spread.check(`policy ${policy_id}`, history, { whole });
      }
    }
  }

  async function checkGroupings(
    world: HistoryWorld,
    { from, to }: { from: number; to: number },
  ): Promise<void> {
    const lanesAt = (before: number) =>
      readLanesBefore(world.store, { before, now: to, retention: RETENTION });
    const [before, after] = await Promise.all([lanesAt(from), lanesAt(to)]);
    const between = await world.oracle('MINUTE');
    const expected = between({ from, to }, () => true);
    const estimated = (await world.oracle('MINUTE', 'estimated'))({ from, to }, () => true) * 100n;
    for (const group_by of [...LANE_GROUPS.map(group => [group]), [...LANE_GROUPS]]) {
      const { total, rows, other } = aggregate({
        before: before?.lanes ?? [],
        after: after?.lanes ?? [],
        group_by,
        order_by: 'BYTES',
        limit: 2,
      });
      expect(total.packets, group_by.join()).toBe(expected);
      expect(total.estimated_bytes, group_by.join()).toBe(estimated);
      expect(rows.reduce((packets, row) => packets + row.packets, other.packets)).toBe(expected);
    }
  }
});

/**
 * The traffic spread over the points of two adjacent ranges equals the traffic spread over both
 * together, and all counted traffic, also from before the first snapshot, is spread over some
 * point.
 */
class SpreadParts {
  readonly #parts = new Map<string, bigint[]>();

  check(name: string, { points, packets, range }: History, { whole }: { whole: boolean }): void {
    const spread = points.map(point => point.spread.packets);
    if (!whole) {
      this.#parts.set(name, [...(this.#parts.get(name) ?? []), ...spread]);
      return;
    }
    expect(
      spread.reduce((total, each) => total + each, 0n),
      `spread of ${name}`,
    ).toBe(packets);
    expect(this.#parts.get(name) ?? spread, `${range.resolution} parts of ${name}`).toEqual(spread);
  }
}

function matches(pair: ModelPair, filter: DimensionFilter): boolean {
  const { not = {}, ...rest } = filter;
  const holds = ([key, value]: [string, string | readonly string[] | undefined]) =>
    [value].flat().includes(pair[key.replace(/s$/, '') as Dimension]);
  return Object.entries(rest).every(holds) && !Object.entries(not).some(holds);
}

function sum(pairs: readonly ModelPair[]): bigint {
  return pairs.reduce((packets, pair) => packets + pair.packets, 0n);
}

function estimatedOf(pairs: readonly ModelPair[]): bigint {
  return pairs.reduce((bytes, pair) => bytes + pair.estimated * 100n, 0n);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
