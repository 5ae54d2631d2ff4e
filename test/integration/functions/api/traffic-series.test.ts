import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../../core/access/caller.ts';
import { LANE_GROUPS } from '../../../../core/history/aggregate.ts';
import { resetPolicyStats } from '../../../../core/ledger/figures/reset-stats.ts';
import type { SeriesGroup, TrafficSeries } from '../../../../graphql/schema.generated.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { T0 } from '../../../support/report-records.ts';
import { type ReportingEdge, ReportingWorld } from '../../../support/reporting-world.ts';
import { servedEdges } from '../../../support/served-edges.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const MINUTE = 60_000;
const START = T0 + 5 * MINUTE;
const SITES = ['550e8400-e29b-41d4-a716-44665544000a', '550e8400-e29b-41d4-a716-44665544000b'] as const;

const EDGES: ReportingEdge[] = [
  { ...edge('a', '1', 100n), site_id: SITES[0] },
  { ...edge('b', '2', 10n), site_id: SITES[1] },
  { ...edge('c', '1', 1n), site_id: SITES[1] },
  { ...edge('d', '3', 7n), site_id: SITES[0] },
];

function edge(edge_id: string, policy_id: string, packets_per_second: bigint) {
  return { edge_id, policy_id, packets_per_second, interval_s: 60, phase_s: 20 };
}

describe('trafficSeries', () => {
  let db: TestTables;
  let api: ApiUnderTest;
  let world: ReportingWorld;
  /**
   * After minutes without faults, minutes in which edge b is silent, a missed minute, and some
   * after b has reported again.
   */
  let whole: TrafficSeries;
  let whileSilent: TrafficSeries;

  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db);
    const served = servedEdges(EDGES.map(({ edge_id }) => edge_id));
    world = new ReportingWorld(db, { start: START, edges: EDGES, served: () => served });
    await world.minutes(5);
    await world.minutes(7, { offline: ['b'] });
    whileSilent = await series();
    await world.minute({ snapshot: 'missed', offline: ['b'] });
    const now = world.now;
    const context = {
      ...db,
      clock: () => now,
      sleep: async () => {},
      random: () => 0,
      deadline: now + MINUTE,
    };
    await resetPolicyStats(context, { actor: systemCaller('test'), policy_id: '3', defined: true });
    await world.minutes(3);
    whole = await series();
  });
  afterAll(() => db.drop());

  async function series(args: object = {}): Promise<TrafficSeries> {
    api.now = world.now + 1000;
    const range = { from: iso(START), to: iso(world.now) };
    return (await api.data('Query.trafficSeries', { ...range, ...args })) as never;
  }

  const iso = (ms: number) => new Date(ms).toISOString();
  const minuteOf = ({ at }: TrafficSeries) => at.map(end => (Date.parse(end) - START) / MINUTE);

  it('marks exactly the minutes without a report of a silent edge as incomplete, and none once it reports', () => {
    // The last report of b arrived 20 s into the fifth minute: earlier minutes are covered.
    const shares = minuteOf(whileSilent).map(minute => (minute <= 4 ? 1 : 3 / 4));
    expect(whileSilent.completeness).toEqual(shares);
    expect(minuteOf(whileSilent)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(whole.completeness).toEqual(minuteOf(whole).map(minute => (minute === 13 ? null : 1)));
  });

  it('shows a missed minute as a gap, never as 0, and the first reading without a rate', () => {
    expect(minuteOf(whole).filter((_, index) => whole.gaps[index])).toEqual([13]);
    const { bits_per_second, packets_per_second } = whole.total;
    const unknown = minuteOf(whole).filter((_, index) => bits_per_second[index] === null);
    expect(unknown).toEqual([1, 13]);
    expect(packets_per_second.map(rate => rate === null)).toEqual(bits_per_second.map(rate => rate === null));
  });

  it('marks a reset of a policy in its interval if the answer includes that policy', async () => {
    const marked = ({ resets, ...rest }: TrafficSeries) =>
      minuteOf({ resets, ...rest }).filter((_, index) => resets[index]);
    const by = (args: object) => series(args).then(marked);
    expect(await by({ group_by: 'POLICY' })).toEqual([13]);
    expect(await by({ filter: { policy_id: '3' } })).toEqual([13]);
    expect(await by({ group_by: 'SITE' })).toEqual([]);
    expect(await by({ filter: { policy_id: '1' } })).toEqual([]);
  });

  it('spreads the counts of a silent edge over its silence', async () => {
    const { groups } = await series({ group_by: 'EDGE', filter: { edge_id: 'b' } });
    const rates = groups[0]!.packets_per_second.filter(rate => rate !== null);
    for (const rate of rates) expect(rate).toBeCloseTo(10, 0);
  });

  it.each([
    ['POLICY', ['1', '2', '3']],
    ['EDGE', ['a', 'b', 'd', 'c']],
    ['SITE', [SITES[0], SITES[1]]],
    ['ENDPOINT', ['wan1']],
  ])('names the groups by %s, the largest first', async (group_by, ids) => {
    const { groups, other } = await series({ group_by });
    expect([groups.map(({ id }) => id), other]).toEqual([ids, null]);
  });

  it('has the same total in groups and rest, to the byte for the range and in each interval', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...LANE_GROUPS),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(10),
      fc.constantFrom(
        ...[{}, { site_id: SITES[1] }, { policy_id: '1' }, { edge_id: 'c' }],
        ...[
          { policy_ids: ['1', '3'] },
          { not: { policy_ids: ['1'] } },
          { not: { policy_ids: ['2'] }, edge_ids: ['a', 'b'] },
        ],
      ),
      async (group_by, limit, points, cut, filter) => {
        const from = iso(START + cut * MINUTE);
        const { groups, other, total, at } = await series({ group_by, limit, points, from, filter });
        const parts: SeriesGroup[] = other ? [...groups, other] : groups;
        expect(groups.length).toBeLessThanOrEqual(limit);
        expect(at.length).toBeLessThanOrEqual(points);
        expect(parts.reduce((sum, { bytes_exact }) => sum + BigInt(bytes_exact), 0n)).toBe(
          BigInt(total.bytes_exact),
        );
        for (const [index, bits] of total.bits_per_second.entries()) {
          const sum = parts.reduce((all, part) => all + (part.bits_per_second[index] ?? 0), 0);
          // Each group's share of late counts is rounded down to a byte.
          expect(Math.abs(sum - (bits ?? 0)), at[index]).toBeLessThan(2);
        }
      },
    );
    await fc.assert(property, { seed: 1, numRuns: 40, endOnFailure: true });
  });

  it('also sums the previous period, and only the total without a grouping', async () => {
    const [from, middle, to] = [START + MINUTE, START + 4 * MINUTE, START + 7 * MINUTE].map(iso);
    const before = await series({ from, to: middle });
    const { previous, groups, other } = await series({ from: middle, to, compare_previous: true });
    expect(previous).toEqual({
      ...{ from: before.from, to: before.to, at: before.at },
      ...{ groups: [], total: before.total },
    });
    expect([groups, other]).toEqual([[], null]);
  });

  it.each(LANE_GROUPS)('has the groups by %s of the previous period if they are selected', async group_by => {
    const [from, middle, to] = [START + MINUTE, START + 4 * MINUTE, START + 7 * MINUTE].map(iso);
    const before = await series({ group_by, from, to: middle });
    const args = { group_by, from: middle, to, compare_previous: true };
    const { previous, groups } = (await api.data('Query.trafficSeries', args, {
      selection: [],
    })) as TrafficSeries;
    const byId = new Map(before.groups.map(group => [group.id, group]));
    expect(previous!.groups).toEqual(groups.map(({ id }) => byId.get(id)));
    expect(groups.length).toBeGreaterThan(0);
    const selection = ['previous', 'previous/total', 'previous/total/id'];
    const short = (await api.data('Query.trafficSeries', args, { selection })) as TrafficSeries;
    expect(short.previous).toEqual({ ...previous, groups: [] });
  });

  it.each([
    [{ policy_ids: ['1', '3'] }, ['1', '3']],
    [{ policy_ids: ['1', '3'], not: { policy_ids: ['3'] } }, ['1']],
    [{ not: { policy_ids: ['1'] } }, ['2', '3']],
    [{ site_ids: [SITES[1].toUpperCase()], not: { edge_ids: ['c'] } }, ['2']],
    [{ not: { site_ids: [SITES[0]] } }, ['2', '1']],
    [{ edge_ids: ['a', 'd'], endpoint_ids: ['wan1', 'wan2'] }, ['1', '3']],
    [{ not: { endpoint_ids: ['wan1'] } }, []],
  ])('with filter %j contains the policies %j', async (filter, policies) => {
    const { groups, total } = await series({ group_by: 'POLICY', filter });
    expect(groups.map(({ id }) => id)).toEqual(policies);
    const alone = await series({ filter });
    expect(alone.total).toEqual(total);
  });

  it('returns for a list of ids the sum over the single ids', async () => {
    const of = async (filter: object) => (await series({ filter })).total.packets_per_second;
    const [one, three, both, rest, all] = await Promise.all([
      ...[of({ policy_id: '1' }), of({ policy_id: '3' }), of({ policy_ids: ['1', '3'] })],
      ...[of({ not: { policy_ids: ['1', '3'] } }), of({})],
    ]);
    for (const [index, sum] of both!.entries()) {
      expect(sum).toBe(sum === null ? null : one![index]! + three![index]!);
      expect(rest![index]).toBe(sum === null ? null : all![index]! - sum);
    }
  });

  it.each([
    [{ points: 0 }, 'points must be a whole number from 1 to 1500.'],
    [{ points: 1501 }, 'points must be a whole number from 1 to 1500.'],
    [{ limit: 51 }, 'limit must be a whole number from 1 to 50.'],
    [{ limit: 1.5 }, 'limit must be a whole number from 1 to 50.'],
    [{ group_by: 'FLOW' }, 'group_by must be POLICY, SITE, ENDPOINT or EDGE.'],
    [{ filter: { policy_ids: [] } }, 'filter.policy_ids must have 1 to 20 ids.'],
    [
      { filter: { not: { edge_ids: Array.from({ length: 21 }, (_, index) => `e${index}`) } } },
      'filter.not.edge_ids must have 1 to 20 ids.',
    ],
    [
      { filter: { policy_ids: ['1'], not: { policy_ids: ['1', '2'] } } },
      'filter.policy_ids must have an id that passes the other conditions of the filter: no traffic can match filter.policy_ids.',
    ],
    [
      { filter: { edge_id: 'a', edge_ids: ['b'] } },
      'filter.edge_ids must have an id that passes the other conditions of the filter: no traffic can match filter.edge_ids.',
    ],
    [
      { to: iso(START) },
      `from (${iso(START)}) is not before to (${iso(START)}): choose an earlier from or a later to.`,
    ],
  ])('rejects %j', async (args, message) => {
    const range = { from: iso(START), to: iso(START + MINUTE) };
    expect(await api.call('Query.trafficSeries', { ...range, ...args })).toEqual({
      error: { type: 'ValidationError', message },
    });
  });

  it.each([
    { policy_id: '99' },
    { policy_ids: ['99', '98'] },
    { edge_ids: ['none', 'no'] },
    { site_ids: [SITES[0].replace('5', '6')] },
  ])('reports that no object of %j ever existed', async filter => {
    const args = { from: iso(START), to: iso(world.now), filter };
    expect(await api.call('Query.trafficSeries', args)).toMatchObject({ error: { type: 'NotFound' } });
  });

  it('is for viewers, and not for people outside the groups', async () => {
    const args = { from: iso(START), to: iso(world.now) };
    const asked = (group: 'viewer' | 'none') =>
      api.call('Query.trafficSeries', args, { identity: personIn(group) });
    expect(await asked('viewer')).toMatchObject({ data: { resolution: 'MINUTE', step_s: 60 } });
    expect(await asked('none')).toMatchObject({ error: { type: 'Unauthorized' } });
  });
});
