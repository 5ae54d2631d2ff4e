import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFiveMinutes } from '../../../core/history/percentile/five-minutes.ts';
import type { HistoryPoint } from '../../../core/history/points/points.ts';
import { readTrafficHistory } from '../../../core/history/points/traffic-history.ts';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import type { DimensionFilter } from '../../../core/totals/dimension-filter.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { seededRandom } from '../../support/random.ts';
import { T0 } from '../../support/report-records.ts';
import { type ReportingEdge, ReportingWorld } from '../../support/reporting-world.ts';
import { servedEdges } from '../../support/served-edges.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIVE = 5 * MINUTE;
const START = T0 + 5 * MINUTE;
/** Whole hours that are over. */
const RANGE = { from: T0, to: T0 + 4 * HOUR };
/** A minute that was missed at the end is known from a later reading. */
const WITH_WHAT_FOLLOWS = { from: RANGE.from, to: RANGE.to + 10 * MINUTE, resolution: 'MINUTE' as const };
const SITE = '550e8400-e29b-41d4-a716-44665544000a';

const EDGES: ReportingEdge[] = [edge('a', '1', 1000n), edge('b', '2', 100n), edge('c', '3', 10n)];

function edge(edge_id: string, policy_id: string, packets_per_second: bigint): ReportingEdge {
  return { edge_id, policy_id, packets_per_second, site_id: SITE, interval_s: 60, phase_s: 20 };
}

const FILTERS: DimensionFilter[] = [
  {},
  { policy_id: '1' },
  { policy_ids: ['1', '3'] },
  { not: { policy_ids: ['2'] } },
];

describe('the 95th percentile', () => {
  let db: TestTables;
  let api: ApiUnderTest;
  let world: ReportingWorld;

  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db);
    const served = servedEdges(EDGES.map(({ edge_id }) => edge_id));
    world = new ReportingWorld(db, { start: START, edges: EDGES, served: () => served });
    const random = seededRandom(7);
    // An edge is silent over the end of an hour, and some snapshots are missing, one of them at the
    // end of an hour.
    for (let minute = 1; world.now < RANGE.to + 10 * MINUTE; minute++) {
      const offline = minute > 40 && minute <= 75 ? ['b'] : random.chance(0.1) ? ['c'] : [];
      const missed = minute === 114 || minute === 115 || random.chance(0.05);
      await world.minute({ offline, snapshot: missed ? 'missed' : 'taken' });
    }
  });
  afterAll(() => db.drop());

  const reader = (now: number) => ({
    ...world.store,
    tables: db.tables,
    clock: () => now,
    sleep: async () => {},
    random: () => 0,
    deadline: now + HOUR,
  });

  it.each(FILTERS)('has the same values for %j from hours as from minutes', async filter => {
    const now = world.now + 1000;
    const history = await readTrafficHistory(reader(now), {
      ...{ range: WITH_WHAT_FOLLOWS, filter, now, retention: DEFAULT_RETENTION },
    });
    // The first reading has no earlier one to compare with.
    const expected = naive(history.points.slice(1));
    const later = now + 5 * 24 * HOUR;
    const kept = { ...RANGE, filter, now: later, retention: DEFAULT_RETENTION };
    const read = await readFiveMinutes(reader(later), kept);
    expect([...read.keys()]).toEqual([...expected.keys()]);
    for (const [slot, bytes] of expected) {
      expect(read.get(slot) === null, new Date(slot).toISOString()).toBe(bytes === null);
      // Each policy's is rounded to a byte.
      expect(Math.abs((read.get(slot) ?? 0) - (bytes ?? 0)), new Date(slot).toISOString()).toBeLessThan(4);
    }
    const today = await readFiveMinutes(reader(now), { ...kept, now });
    expect([...today]).toEqual([...read].map(([slot, bytes]) => [slot, bytes ?? today.get(slot)]));
  });

  const ask = (args: object = {}) => {
    api.now = world.now + 1000;
    return api.call('Query.trafficPercentile', { from: iso(RANGE.from), to: iso(RANGE.to), ...args });
  };

  it.each(FILTERS)('of %j is the highest rate after the highest 5 % are dropped', async filter => {
    const now = world.now + 1000;
    const { points } = await readTrafficHistory(reader(now), {
      ...{ range: WITH_WHAT_FOLLOWS, filter, now, retention: DEFAULT_RETENTION },
    });
    const rates = [...naive(points.slice(1)).values()].flatMap(bytes =>
      bytes === null ? [] : [(bytes * 8) / 300],
    );
    rates.sort((a, b) => b - a);
    const answer = await ask({ filter });
    expect(answer).toMatchObject({ data: { samples_expected: 46, samples_known: rates.length } });
    const { p95_bits_per_second: p95, highest_bits_per_second: highest } = (answer as never as Answered).data;
    expect(Math.abs(p95 - rates[Math.floor(rates.length * 0.05)]!)).toBeLessThan(1);
    expect(Math.abs(highest - rates[0]!)).toBeLessThan(1);
  });

  it('of the running hour is computed from its minutes', async () => {
    const answer = await ask({ from: iso(RANGE.to), to: iso(RANGE.to + HOUR) });
    expect(answer).toMatchObject({ data: { samples_expected: 1, samples_known: 1 } });
  });

  it('of a site is computed from the stored minutes', async () => {
    const [all, site] = await Promise.all([ask(), ask({ filter: { site_id: SITE } })]);
    expect((site as never as Answered).data.p95_bits_per_second).toBeCloseTo(
      (all as never as Answered).data.p95_bits_per_second,
      0,
    );
    api.now = world.now + 5 * 24 * HOUR;
    const args = { from: iso(RANGE.from), to: iso(RANGE.to), filter: { site_id: SITE } };
    expect(await api.data('Query.trafficPercentile', args)).toEqual({
      ...{ from: args.from, to: args.to, samples_expected: 46, samples_known: 0 },
      ...{ p95_bits_per_second: null, highest_bits_per_second: null, average_bits_per_second: null },
    });
  });

  it('is unknown if more samples are missing than it drops', async () => {
    // Future minutes are not missing; minutes before the first snapshot are not expected.
    const answer = await ask({ from: iso(RANGE.from - HOUR), to: iso(RANGE.to + 24 * HOUR) });
    expect(answer).toMatchObject({ data: { samples_expected: 47 } });
    expect((answer as never as Answered).data.p95_bits_per_second).not.toBeNull();
    api.now = world.now + HOUR;
    const args = { from: iso(RANGE.from), to: iso(RANGE.to + HOUR) };
    const data = await api.data('Query.trafficPercentile', args);
    expect(data).toMatchObject({ samples_expected: 58, p95_bits_per_second: null });
    expect(data.highest_bits_per_second).toBeGreaterThan(0);
  });

  it.each([
    [
      { to: iso(RANGE.from) },
      `from (${iso(RANGE.from)}) is not before to (${iso(RANGE.from)}): choose an earlier from or a later to.`,
    ],
    [
      { to: iso(RANGE.from + 36 * 24 * HOUR) },
      'from and to must be at most 35 days apart: ask for each period separately.',
    ],
    [{ filter: { policy_ids: [] } }, 'filter.policy_ids must have 1 to 20 ids.'],
  ])('rejects %j', async (args, message) => {
    expect(await ask(args)).toEqual({ error: { type: 'ValidationError', message } });
  });

  it('reports an unknown policy, answers viewers, and refuses people outside the groups', async () => {
    expect(await ask({ filter: { policy_id: '99' } })).toMatchObject({ error: { type: 'NotFound' } });
    const args = { from: iso(RANGE.from), to: iso(RANGE.to) };
    const asked = (group: 'viewer' | 'none') =>
      api.call('Query.trafficPercentile', args, { identity: personIn(group) });
    expect(await asked('viewer')).toMatchObject({ data: { samples_expected: 46 } });
    expect(await asked('none')).toMatchObject({ error: { type: 'Unauthorized' } });
  });
});

interface Answered {
  data: { p95_bits_per_second: number; highest_bits_per_second: number };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * Bytes of each five minutes: the traffic of missed minutes is spread up to the reading that
 * contains it.
 */
function naive(points: readonly HistoryPoint[]): Map<number, number | null> {
  const minutes = new Map<number, number>();
  for (const { from, gap, spread, intervals_missed } of points) {
    if (gap) continue;
    for (let back = 0; back <= intervals_missed; back++) {
      minutes.set(from - back * MINUTE, Number(spread.bytes) / (1 + intervals_missed));
    }
  }
  const fives = new Map<number, number | null>();
  for (let slot = Math.ceil((START + MINUTE) / FIVE) * FIVE; slot < RANGE.to; slot += FIVE) {
    const own = [0, 1, 2, 3, 4].map(minute => minutes.get(slot + minute * MINUTE) ?? Number.NaN);
    const sum = own.reduce((bytes, each) => bytes + each, 0);
    fives.set(slot, Number.isNaN(sum) ? null : sum);
  }
  return fives;
}
