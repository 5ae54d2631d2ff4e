import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { LANE_GROUPS, type LaneGroup } from '../../../core/history/aggregate.ts';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import { createSite } from '../../../core/inventory/sites/create-site.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { createTables, type TestTables } from '../../support/tables.ts';
import { type DayPair, TrafficDay } from '../../support/traffic-day.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
/** Clocks go forward in Europe on this day; it has 24 hours all the same. */
const START = Date.parse('2026-03-29T00:00:00Z');

/**
 * Checking every minute of 50 edges takes many minutes (npm run test:long). The suite checks the
 * hours and some minutes of 20 edges.
 */
const WHOLE_DAY = process.env.HISTORY_DAY === 'whole';
const EDGES = WHOLE_DAY ? 50 : 20;
const MINUTES = Array.from({ length: DAY_MINUTES + 1 }, (_, minute) => minute).filter(
  minute => WHOLE_DAY || minute % 60 === 0 || (minute > 720 && minute <= 724),
);

const FIELD = { POLICY: 'policy_id', SITE: 'site_id', ENDPOINT: 'endpoint_id', EDGE: 'edge_id' } as const;

describe(`a day of ${EDGES} edges and 200 policies`, () => {
  let db: TestTables;
  let api: ApiUnderTest;
  let day: TrafficDay;

  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db);
    api.now = START;
    const context = {
      ...db,
      clock: () => START,
      sleep: async () => {},
      random: () => 0,
      deadline: Number.POSITIVE_INFINITY,
    };
    const sites = [];
    for (let site = 0; site < 10; site++) {
      sites.push((await createSite(context, systemCaller('test'), { name: `Site ${site}` })).id);
    }
    day = new TrafficDay(db, { start: START, sites, edges: EDGES, policies: 200 });
    for (const minute of MINUTES) await day.minute(minute, { retention: DEFAULT_RETENTION });
    api.now = START + DAY_MINUTES * MINUTE + 2000;
  }, 7_200_000);

  afterAll(() => db.drop());

  const range = (from: number, to: number) => ({
    from: new Date(START + from * MINUTE).toISOString(),
    to: new Date(START + to * MINUTE).toISOString(),
  });

  /** The counts that are due between two minutes of the day. */
  function counted(from: number, to: number, matches: (pair: DayPair) => boolean = () => true) {
    const sum = { packets: 0n, bytes: 0n };
    for (const [minutes, sign] of [
      [from, -1n],
      [to, 1n],
    ] as const) {
      for (const pair of day.countedBy(minutes)) {
        if (!matches(pair)) continue;
        sum.packets += sign * pair.packets;
        sum.bytes += sign * pair.bytes;
      }
    }
    return exact(sum);
  }

  const exact = ({ packets, bytes }: { packets: bigint; bytes: bigint }) => ({
    packets_exact: String(packets),
    bytes_exact: String(bytes),
  });

  it.each(['default', '7', '199'])(
    'returns policy %s for each hour and minute, to the byte',
    async policy_id => {
      const ofPolicy = (pair: DayPair) => pair.policy_id === policy_id;
      const hours = await api.data('Query.policyHistory', {
        policy_id,
        ...range(0, DAY_MINUTES),
        resolution: 'HOUR',
      });
      expect(hours.points).toHaveLength(24);
      for (const [hour, point] of hours.points.entries()) {
        expect(point, `hour ${hour}`).toMatchObject({
          ...counted(hour * 60, hour * 60 + 60, ofPolicy),
          gap: false,
          intervals_missed: 0,
        });
        expect(point.completeness).toMatchObject({ edges_expected: EDGES, edges_heard: EDGES });
      }
      const minutes = await api.data('Query.policyHistory', {
        policy_id,
        ...range(720, 724),
        resolution: 'MINUTE',
      });
      expect(minutes.points.map((point: { bytes_exact: string }) => point.bytes_exact)).toEqual(
        [720, 721, 722, 723].map(minute => counted(minute, minute + 1, ofPolicy).bytes_exact),
      );
      const whole = await api.data('Query.policyHistory', { policy_id, ...range(0, DAY_MINUTES) });
      expect([whole.resolution, whole.points.length]).toEqual(['MINUTE', DAY_MINUTES]);
      expect(whole.sum).toMatchObject(counted(0, DAY_MINUTES, ofPolicy));
      expect(hours.sum).toEqual(whole.sum);
    },
  );

  it('returns the total traffic, and that of a site, an edge and an endpoint, hour by hour', async () => {
    const [site_id] = day.shape.sites as [string];
    const filters = [
      {},
      { site_id },
      { edge_id: 'edge-10' },
      { site_id, endpoint_id: 'wan1' },
      { edge_id: 'edge-10', policy_id: '7' },
    ];
    for (const filter of filters) {
      const ofFilter = (pair: DayPair) =>
        Object.entries(filter).every(([field, value]) => pair[field as keyof DayPair] === value);
      const history = await api.data('Query.trafficHistory', {
        filter,
        ...range(0, DAY_MINUTES),
        resolution: 'HOUR',
      });
      expect(history.points.map((point: { bytes_exact: string }) => point.bytes_exact)).toEqual(
        Array.from({ length: 24 }, (_, hour) => counted(hour * 60, hour * 60 + 60, ofFilter).bytes_exact),
      );
      expect(history.sum).toMatchObject(counted(0, DAY_MINUTES, ofFilter));
    }
  });

  it('returns the day as one day, and compares it with the previous one, which lies before the first snapshot', async () => {
    const history = await api.data('Query.trafficHistory', {
      ...range(0, DAY_MINUTES),
      resolution: 'DAY',
      compare_previous: true,
    });
    expect(history.points).toHaveLength(1);
    expect(history.points[0]).toMatchObject(counted(0, DAY_MINUTES));
    const hours = await api.data('Query.trafficHistory', { ...range(0, DAY_MINUTES), resolution: 'HOUR' });
    const highest = (peak: string) =>
      Math.max(...hours.points.map((point: Record<string, number>) => point[peak]));
    expect(highest('peak_bits_per_second')).toBeGreaterThan(0);
    for (const peak of ['peak_packets_per_second', 'peak_bits_per_second', 'peak_active_flows']) {
      expect(history.points[0][peak], peak).toBe(highest(peak));
    }
    // One, two or three flows a pair, by the number of its edge.
    const flows = day.edges.reduce((sum, _, edge) => sum + 1 + (edge % 3), 0);
    expect(history.points[0].peak_active_flows).toBe(200 * flows);
    expect(history.previous).toMatchObject({ packets: 0, bytes: 0 });
    const later = await api.data('Query.trafficHistory', {
      ...range(720, DAY_MINUTES),
      compare_previous: true,
      resolution: 'HOUR',
    });
    expect(later.previous).toMatchObject(counted(0, 720));
  });

  it('has the same total in every grouping, and each row to the byte', async () => {
    const between = range(120, 1200);
    const total = counted(120, 1200);
    const groupings: LaneGroup[][] = [
      ...LANE_GROUPS.map(group => [group]),
      ['SITE', 'POLICY'],
      [...LANE_GROUPS],
    ];
    for (const group_by of groupings) {
      const stats = await api.data('Query.trafficStats', { ...between, group_by, limit: 1000 });
      expect(stats.total, group_by.join()).toMatchObject(total);
      const shown = [...stats.rows, stats.other].reduce((sum, row) => sum + BigInt(row.bytes_exact), 0n);
      expect(String(shown)).toBe(total.bytes_exact);
      expect(stats.completeness).toMatchObject({ edges_expected: EDGES, edges_heard: EDGES });
      for (const row of [stats.rows[0], stats.rows.at(-1)]) {
        const inRow = (pair: DayPair) => group_by.every(group => pair[FIELD[group]] === row[FIELD[group]]);
        expect(row).toMatchObject(counted(120, 1200, inRow));
      }
    }
    const byPackets = await api.data('Query.trafficStats', {
      ...between,
      group_by: ['POLICY'],
      order_by: 'PACKETS',
      limit: 5,
    });
    const packets = byPackets.rows.map((row: { packets: number }) => row.packets);
    expect(packets).toEqual([...packets].sort((a, b) => b - a));
    expect([byPackets.rows.length, byPackets.other_rows]).toEqual([5, 195]);
  });

  it('shows live endpoints, and counters that agree with lanes, totals and policies', async () => {
    const [, site_id] = day.shape.sites as [string, string];
    const atSite = (pair: DayPair) => pair.site_id === site_id;
    const endpoints = await api.data('Query.endpointStats', { site_id });
    expect(endpoints.map((endpoint: { endpoint_id: string }) => endpoint.endpoint_id)).toEqual([
      'wan1',
      'wan2',
    ]);
    for (const endpoint of endpoints) {
      const atEndpoint = (pair: DayPair) => atSite(pair) && pair.endpoint_id === endpoint.endpoint_id;
      expect(endpoint).toMatchObject(counted(0, DAY_MINUTES, atEndpoint));
      for (const policy of endpoint.policies.slice(0, 3)) {
        expect(policy).toMatchObject(
          counted(0, DAY_MINUTES, pair => atEndpoint(pair) && pair.policy_id === policy.policy_id),
        );
      }
    }
    expect(await api.data('Query.trafficAudit')).toMatchObject({
      agrees: true,
      policies: 200,
      mismatches: [],
    });
    expect(await api.data('Query.trafficTotals')).toMatchObject(counted(0, DAY_MINUTES));
  });
});
