import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryPoint } from '../../../core/history/points/points.ts';
import { type History, readPolicyHistory } from '../../../core/history/points/read-history.ts';
import { readTrafficHistory } from '../../../core/history/points/traffic-history.ts';
import { DEFAULT_RETENTION, type Resolution } from '../../../core/history/resolution.ts';
import type { ServedEdge } from '../../../core/inventory/edges/edge-service.ts';
import { T0 } from '../../support/report-records.ts';
import { type ReportingEdge, ReportingWorld } from '../../support/reporting-world.ts';
import { servedEdges } from '../../support/served-edges.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SITE = '550e8400-e29b-41d4-a716-44665544000a';

function edge(edge_id: string, given: Partial<ReportingEdge> = {}): ReportingEdge {
  return {
    edge_id,
    site_id: SITE,
    policy_id: '1',
    interval_s: 60,
    phase_s: 20,
    packets_per_second: 10n,
    ...given,
  };
}

describe('late reports', () => {
  let db: TestTables;
  let world: ReportingWorld;

  beforeEach(async () => {
    db = await createTables();
  });
  afterEach(() => db.drop());

  function begin(edges: readonly ReportingEdge[], start = T0, served?: () => readonly ServedEdge[]): void {
    world = new ReportingWorld(db, {
      start,
      edges,
      served: served ?? (() => servedEdges(edges.map(({ edge_id }) => edge_id))),
    });
  }

  function reading(at = world.now) {
    const now = at + 1000;
    return { ...world.store, clock: () => now, sleep: async () => {}, random: () => 0, deadline: now + HOUR };
  }

  /** The same history three ways: of the policy, of its site and of all traffic. */
  async function histories(
    from: number,
    to: number,
    resolution: Resolution = 'MINUTE',
  ): Promise<Record<'policy' | 'site' | 'all', History>> {
    const range = { from, to, resolution };
    const request = { range, tables: db.tables, now: world.now + 1000, retention: DEFAULT_RETENTION };
    const [policy, site, all] = await Promise.all([
      readPolicyHistory(world.store, { ...request, policy_id: '1' }),
      readTrafficHistory(reading(), { ...request, filter: { site_id: SITE } }),
      readTrafficHistory(reading(), { ...request, filter: {} }),
    ]);
    return { policy, site, all };
  }

  function rates(points: readonly HistoryPoint[]): number[] {
    return points.map(point => Math.round(point.packets_per_second * 100) / 100);
  }

  it.each([
    { what: 'ingest that stands still', trouble: { ingestStops: true } },
    { what: 'an edge that is offline', trouble: { offline: ['a'] } },
  ])(
    'show an even rate through 30 minutes of $what, and add the increment at the time of reading',
    async ({ trouble }) => {
      begin([edge('a')]);
      await world.minutes(10);
      await world.minutes(30, trouble);
      await world.minutes(5);
      const { policy, site, all } = await histories(T0 + 2 * MINUTE, world.now);
      for (const history of [policy, site, all]) {
        expect(rates(history.points)).toEqual(new Array(43).fill(10));
        expect(history.p95_bits_per_second).toBeCloseTo(8000, 6);
        expect(history.points[38]!.packets).toBe(31n * 600n);
        expect(history.packets).toBe(43n * 600n);
      }
    },
  );

  it('are spread when ingest catches up in portions', async () => {
    begin([edge('a'), edge('b', { phase_s: 50 })]);
    await world.minutes(10);
    await world.minutes(20, { ingestStops: true });
    await world.minute({ ingestUpTo: T0 + 17 * MINUTE });
    await world.minute({ ingestUpTo: T0 + 26 * MINUTE });
    await world.minutes(3);
    const { policy, site } = await histories(T0 + 2 * MINUTE, world.now);
    expect(rates(policy.points)).toEqual(new Array(33).fill(20));
    expect(rates(site.points)).toEqual(new Array(33).fill(20));
  });

  it('are found after a range that ended before they arrived, at any distance', async () => {
    begin([edge('a')]);
    await world.minutes(10);
    await world.minutes(100, { offline: ['a'] });
    await world.minutes(2);
    const { policy, site } = await histories(T0 + 2 * MINUTE, T0 + 20 * MINUTE);
    for (const history of [policy, site]) {
      expect(rates(history.points)).toEqual(new Array(18).fill(10));
      expect(history.packets).toBe(8n * 600n);
    }
  });

  it.each([10, 60, 300])('show an even rate of an edge that reports every %d s', async interval_s => {
    begin([edge('a', { interval_s, phase_s: interval_s / 5 })]);
    await world.minutes(31);
    const { policy, site } = await histories(T0 + 10 * MINUTE, T0 + 25 * MINUTE);
    expect(rates(policy.points)).toEqual(new Array(15).fill(10));
    expect(rates(site.points)).toEqual(new Array(15).fill(10));
  });

  it('correct the peak and the rate of hours that were rolled up earlier', async () => {
    begin([edge('a')], T0 + 5 * MINUTE);
    await world.minutes(40);
    await world.minutes(85, { ingestStops: true });
    await world.minutes(115);
    const { policy, site } = await histories(T0 + HOUR, T0 + 4 * HOUR, 'HOUR');
    expect(rates(policy.points)).toEqual([10, 10, 10]);
    expect(policy.points.map(({ peak }) => peak?.packets_per_second)).toEqual([10, 10, 10]);
    expect(policy.points.map(({ packets }) => packets)).toEqual([0n, (60n + 75n) * 600n, 36_000n]);
    expect(rates(site.points)).toEqual([10, 10, 10]);
    const [first] = (await histories(T0 + HOUR, T0 + 2 * HOUR, 'HOUR')).policy.points;
    expect(first).toMatchObject({ packets_per_second: 10, peak: { packets_per_second: 10 } });
  });

  it('complete the minutes before them, while silence stays incomplete', async () => {
    begin([edge('a'), edge('b')], T0, () => servedEdges(['a', 'b', 'never']));
    const heardIn = async () => {
      const { policy } = await histories(T0 + 10 * MINUTE, T0 + 30 * MINUTE);
      return policy.points.map(({ completeness }) => completeness?.edges_heard);
    };
    await world.minutes(10);
    await world.minutes(20, { offline: ['b'] });
    // The report at 10 minutes less 40 s covers no minute that ends later.
    expect(await heardIn()).toEqual(new Array(20).fill(1));
    const before = await histories(T0 + 9 * MINUTE, T0 + 10 * MINUTE);
    expect(before.policy.points[0]!.completeness).toEqual({
      edges_expected: 3,
      edges_heard: 1,
      as_of: world.now + 400,
    });
    await world.minute();
    expect(await heardIn()).toEqual(new Array(20).fill(2));
  });

  it('never make an edge silent between its reports, by its registered interval', async () => {
    const slow = edge('slow', { interval_s: 900, phase_s: 30 });
    begin([slow, edge('a')], T0, () => [
      ...servedEdges(['slow'], { interval_s: 900 }),
      ...servedEdges(['a']),
    ]);
    await world.minutes(58);
    const { policy } = await histories(T0 + 2 * MINUTE, world.now);
    expect(new Set(policy.points.map(({ completeness }) => completeness?.edges_heard))).toEqual(new Set([2]));
  });

  it('are expected from an edge only during its service', async () => {
    const service = [
      { from: T0 + 5 * MINUTE, to: T0 + 10 * MINUTE },
      { from: T0 + 15 * MINUTE + 1, to: Number.POSITIVE_INFINITY },
    ];
    begin([edge('a')], T0, () => [...servedEdges(['a']), { id: 'silent', interval_s: 60, service }]);
    await world.minutes(30);
    const { policy } = await histories(T0 + 2 * MINUTE, world.now);
    const figures = policy.points.map(({ at, completeness }) => [
      (at - T0) / MINUTE,
      completeness?.edges_expected,
      completeness?.edges_heard,
    ]);
    const isServed = (minute: number) => (minute >= 5 && minute < 10) || minute > 15;
    expect(figures).toEqual(figures.map(([minute]) => [minute, isServed(minute!) ? 2 : 1, 1]));
  });

  it('need no write of their own: a sample for each lane, a sample for each policy and the total, claim, mark and check', async () => {
    begin([edge('a'), edge('b', { interval_s: 300 }), edge('c', { policy_id: '2' })]);
    await world.minutes(24);
    const minutes = [...world.writes.keys()].slice(2);
    for (const minute of minutes) expect(world.writes.get(minute)).toBe(3 + 3 + 3);
    const reads = new Set(minutes.map(minute => world.reads.get(minute)));
    expect(reads).toEqual(new Set([64 + 4]));
  });

  it('need one read of the samples of minute and hour in a new container, and an item if they reach far back', async () => {
    begin([edge('a'), edge('b')]);
    await world.minutes(4);
    const [known] = [...world.reads.values()].slice(-1);
    await world.minute({ snapshot: 'new container' });
    expect(world.reads.get(world.now)).toBe(known! + 2 * 64);
    const [written] = [...world.writes.values()].slice(-1);
    await world.minutes(70, { offline: ['b'] });
    await world.minute();
    expect(world.writes.get(world.now)).toBe(written! + 1);
    await world.minute();
    expect(world.writes.get(world.now)).toBe(written!);
  });
});
