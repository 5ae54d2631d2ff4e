import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolicyHistory } from '../../../core/history/points/read-history.ts';
import { readTrafficHistory } from '../../../core/history/points/traffic-history.ts';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import type { ServedEdge } from '../../../core/inventory/edges/edge-service.ts';
import type { GroupFate } from '../../support/group-workers.ts';
import { T0 } from '../../support/report-records.ts';
import { type ReportingEdge, ReportingWorld, type Trouble } from '../../support/reporting-world.ts';
import { createTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const RUNS = Number(process.env.HISTORY_RUNS ?? 1);
/** The bounded run repeats the same histories; the long one finds new ones. */
const SEED = process.env.HISTORY_RUNS === undefined ? { seed: 1 } : {};
const START = T0 + 40 * MINUTE;
const SITES = ['550e8400-e29b-41d4-a716-44665544000a', '550e8400-e29b-41d4-a716-44665544000b'] as const;

const EDGES = ['a', 'b', 'c', 'd'];

const edge = (edge_id: string, index: number) =>
  fc.record({
    edge_id: fc.constant(edge_id),
    site_id: fc.constant(SITES[index % 2]!),
    policy_id: fc.constantFrom('1', '2'),
    interval_s: fc.constantFrom(10, 60, 60, 300),
    phase_s: fc.integer({ min: 1, max: 9 }),
    packets_per_second: fc.bigInt(1n, 2n ** 40n),
  });

/** Some minutes of one kind. */
const stretch = fc.record({
  minutes: fc.constantFrom(1, 1, 2, 3, 7, 20, 66),
  trouble: fc.constantFrom('none', 'none', 'none', 'ingest stops', 'ingest is behind', 'offline', 'offline'),
  offline: fc.subarray(EDGES, { minLength: 1 }),
  snapshot: fc.constantFrom('taken', 'taken', 'taken', 'new container', 'missed', 'killed'),
  groups: fc.array(fc.constantFrom<GroupFate>('read', 'read', 'read', 'late'), {
    minLength: 4,
    maxLength: 4,
  }),
});

/**
 * Minutes in which an edge is registered and retired; registered from the beginning and never
 * retired where they are equal.
 */
const service = fc.tuple(fc.nat(60), fc.nat(60)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

describe('rates and completeness of random lags, outages, silences, intervals and missed snapshots', () => {
  it('match increments that are spread between reports, and reports from later on', {
    timeout: 7_200_000,
  }, async () => {
    const property = fc.asyncProperty(
      fc.tuple(...EDGES.map(edge)),
      fc.tuple(...EDGES.map(() => service)),
      fc.array(stretch, { minLength: 3, maxLength: 6 }),
      fc.nat(100),
      fc.boolean(),
      async (edges, services, stretches, cut, grouped) => {
        const db = await createTables();
        const served = servedOf(services);
        const world = new ReportingWorld(db, { start: START, edges, served: () => served });
        await world.minutes(2);
        for (const each of stretches) await play(world, each, grouped);
        // All delayed reports have arrived by the end.
        await world.minutes(6);
        const model = new Model(world);
        const first = START + 3 * MINUTE;
        const middle = first + (cut % Math.max(1, (world.now - first) / MINUTE)) * MINUTE;
        for (const [from, to] of [
          [first, world.now],
          [first, middle],
        ] as const) {
          if (from >= to) continue;
          const now = world.now + 1000;
          const request = {
            range: { from, to, resolution: 'MINUTE' as const },
            now,
            retention: DEFAULT_RETENTION,
          };
          const store = {
            ...world.store,
            clock: () => now,
            sleep: async () => {},
            random: () => 0,
            deadline: now + HOUR,
          };
          for (const filter of [{ policy_id: '1' }, {}, { site_id: SITES[0] }, { edge_id: 'b' }]) {
            const history = await readTrafficHistory(store, { ...request, filter });
            const chosen = edges.filter(each =>
              Object.entries(filter).every(([key, value]) => each[key as 'policy_id'] === value),
            );
            model.checkSpread(history.points, chosen, JSON.stringify(filter));
          }
          const { points } = await readPolicyHistory(world.store, { ...request, policy_id: '1' });
          model.checkCompleteness(points, served);
        }
        await db.drop();
      },
    );
    await fc.assert(property, { ...SEED, numRuns: RUNS, endOnFailure: true });
  });

  async function play(
    world: ReportingWorld,
    { minutes, trouble, offline, snapshot, groups }: typeof stretch extends fc.Arbitrary<infer S> ? S : never,
    grouped: boolean,
  ): Promise<void> {
    const given: Trouble = {
      snapshot,
      ...(trouble === 'ingest stops' && { ingestStops: true }),
      ...(trouble === 'offline' && { offline }),
      ...(grouped && { groups: index => groups[index]! }),
    };
    if (trouble !== 'ingest is behind') return world.minutes(minutes, given);
    for (let minute = 0; minute < minutes; minute++) {
      await world.minute({ ...given, ingestUpTo: world.now - (minutes - minute) * 30_000 });
    }
  }
});

function servedOf(services: readonly (readonly [number, number])[]): ServedEdge[] {
  return services.map(([from, to], index) => {
    const whole = from === to;
    return {
      id: EDGES[index]!,
      interval_s: 60,
      service: [
        {
          from: whole ? 0 : START + from * MINUTE,
          to: whole ? Number.POSITIVE_INFINITY : START + to * MINUTE,
        },
      ],
    };
  });
}

type Points = Awaited<ReturnType<typeof readPolicyHistory>>['points'];

/** Computes minute by minute the expected result from the arrivals and the readings. */
class Model {
  readonly #world: ReportingWorld;
  readonly #minutes: number[];

  constructor(world: ReportingWorld) {
    this.#world = world;
    this.#minutes = [...world.readings.keys()].sort((a, b) => a - b);
  }

  /**
   * Packets of an edge by the minute's end, each increment in equal parts over the minutes between
   * its reports.
   */
  #spreadOf(edge_id: string): Map<number, number> {
    const spread = new Map<number, number>();
    let last: { heard_at: number; packets: bigint; minute: number } | undefined;
    for (const minute of this.#minutes) {
      const seen = this.#world.readings.get(minute)!.get(edge_id);
      if (!seen || seen.heard_at === last?.heard_at) continue;
      const fresh = minute - seen.heard_at < 2 * MINUTE;
      const reached = fresh
        ? minute
        : Math.max(last?.minute ?? 0, Math.ceil(seen.heard_at / MINUTE) * MINUTE);
      const from = Math.min(last?.minute ?? minute - MINUTE, reached - MINUTE);
      const count = (reached - from) / MINUTE;
      const share = Number(seen.packets - (last?.packets ?? 0n)) / count;
      for (let at = from + MINUTE; at <= reached; at += MINUTE) spread.set(at, (spread.get(at) ?? 0) + share);
      last = { ...seen, minute: reached };
    }
    return spread;
  }

  checkSpread(points: Points, edges: readonly ReportingEdge[], name: string): void {
    const spreads = edges.map(each => this.#spreadOf(each.edge_id));
    for (const point of points) {
      expect(point.gap, `${name} ${point.at}`).toBe(!this.#world.readings.has(point.at));
      if (point.gap) continue;
      const before = this.#minutes.findLast(minute => minute < point.at)!;
      let expected = 0;
      for (let at = before + MINUTE; at <= point.at; at += MINUTE) {
        for (const spread of spreads) expected += spread.get(at) ?? 0;
      }
      const actual = Number(point.spread.packets);
      // Each span of each edge is rounded down once at either end.
      expect(Math.abs(actual - expected), `${name} ${new Date(point.at).toISOString()}`).toBeLessThan(
        64 + expected * 1e-9,
      );
      expect(point.packets_per_second).toBeCloseTo(actual / ((point.at - before) / 1000), 3);
    }
  }

  checkCompleteness(points: Points, served: readonly ServedEdge[]): void {
    const newest = this.#minutes.at(-1)!;
    const seen = this.#world.readings.get(newest)!;
    const heardUntil = (id: string) => seen.get(id)?.heard_at ?? Number.NEGATIVE_INFINITY;
    for (const { at, completeness, gap } of points) {
      if (gap) continue;
      const expected = served.filter(({ service: [time] }) => time!.from <= at && at < time!.to);
      const heard = expected.filter(({ id, service: [time] }) => {
        const until = heardUntil(id);
        const judged = Math.min(time!.to, newest + 400);
        return until >= at || until > judged - 5 * MINUTE;
      });
      expect(completeness, new Date(at).toISOString()).toMatchObject({
        edges_expected: expected.length,
        edges_heard: heard.length,
        as_of: newest + 400,
      });
    }
  }
}
