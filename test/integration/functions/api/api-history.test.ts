import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lane } from '../../../../core/ledger/lane/lane.ts';
import { NO_RATE } from '../../../../core/ledger/lane/pair-rate.ts';
import { counterKey, laneKey } from '../../../../core/ledger/lane-keys.ts';
import { encodeLane } from '../../../../core/ledger/packing/lane-codec.ts';
import { pairKey } from '../../../../core/totals/pair-key.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-03-15T11:30:00Z');
const SITE = '6f9d7a52-7d5f-4f3f-9a55-0c7a5a3b1c11';

describe('history over the API', () => {
  let db: TestTables;
  let api: ApiUnderTest;

  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db);
    for (const minute of [0, 1, 2, 3]) {
      await putLane('edge-1', 'wan1', 2n ** 53n + BigInt(minute) * 60n);
      await putLane('edge-2', 'wan2', BigInt(minute) * 30n);
      await snapshot(START + minute * MINUTE);
    }
    api.now = START + 4 * MINUTE;
  });
  afterAll(() => db.drop());

  async function putLane(edge_id: string, endpoint_id: string, packets: bigint): Promise<void> {
    const pair = {
      policy_id: 'default',
      endpoint_id,
      packets,
      bytes: packets * 100n,
      active_flows: 3,
      rate: NO_RATE,
      earlier_packets: 0n,
      earlier_bytes: 0n,
      estimated: false,
      earlier_estimated: 0n,
      seq: 1,
      named_hour: 0,
    };
    const lane: Lane = {
      edge_id,
      part: 0,
      site_id: SITE,
      policies_version: '1',
      interval_s: 60,
      boot_id: 'boot',
      seq: 1,
      parts: 1,
      sent_at_ms: START,
      first_heard_at_ms: START,
      last_heard_at_ms: START,
      slot: 0,
      parts_before: 0,
      idle_version: 0,
      pairs: new Map([[pairKey(pair), pair]]),
      paths: new Map(),
    };
    const Item = { ...laneKey(edge_id, 0), version: 1, data: encodeLane(lane) };
    await db.client.send(new PutCommand({ TableName: db.tables.traffic, Item }));
    await db.client.send(
      new UpdateCommand({
        TableName: db.tables.traffic,
        Key: counterKey(edge_id === 'edge-1' ? 0 : 1, 'default'),
        UpdateExpression: 'SET packets = :packets, bytes = :bytes, active_flows = :flows',
        ExpressionAttributeValues: { ':packets': packets, ':bytes': packets * 100n, ':flows': 3 },
      }),
    );
  }

  function snapshot(at: number) {
    return snapshotAt(db, at, ['edge-1', 'edge-3']);
  }

  const range = {
    from: new Date(START).toISOString(),
    to: new Date(START + 3 * MINUTE).toISOString(),
  };

  it('returns the intervals of a policy, exact past 2^53, with rates and completeness', async () => {
    const history = await api.data('Query.policyHistory', { policy_id: 'default', ...range });
    expect(history).toMatchObject({
      policy_id: 'default',
      resolution: 'MINUTE',
      sum: { packets: 270, packets_exact: '270', bytes_exact: '27000' },
      previous: null,
    });
    expect(history.points).toHaveLength(3);
    expect(history.points[0]).toMatchObject({
      at: '2026-03-15T11:31:00.000Z',
      packets_exact: '90',
      packets_total_exact: String(2n ** 53n + 90n),
      packets_per_second: 1.5,
      bits_per_second: 1200,
      active_flows: 6,
      gap: false,
      completeness: { edges_expected: 2, edges_heard: 1, as_of: '2026-03-15T11:33:00.000Z' },
    });
    // Three minutes do not contain five full minutes of the clock.
    expect(history.p95_bits_per_second).toBeNull();
  });

  it('begins with the first snapshot of the system, from zero, and is empty before it', async () => {
    const from = '2026-03-15T09:00:00Z';
    const history = await api.data('Query.trafficHistory', { from, to: range.to, resolution: 'MINUTE' });
    expect(history.begins_at).toBe('2026-03-15T11:29:00.000Z');
    expect(
      history.points.map((point: { packets_exact: string; gap: boolean }) => [
        point.packets_exact,
        point.gap,
      ]),
    ).toEqual([String(2n ** 53n), '90', '90', '90'].map(packets => [packets, false]));
    const stats = await api.data('Query.trafficStats', { from, to: range.to, group_by: ['POLICY'] });
    expect(stats.total).toEqual(history.sum);
    const hours = await api.data('Query.trafficHistory', { from, to: range.to, resolution: 'HOUR' });
    // The hour has not ended: it has no point yet.
    expect([hours.begins_at, hours.points]).toEqual(['2026-03-15T11:00:00.000Z', []]);
    const earlier = await api.data('Query.trafficHistory', { from, to: '2026-03-15T10:00:00Z' });
    expect([earlier.begins_at, earlier.points, earlier.sum.packets]).toEqual([
      '2026-03-15T11:29:00.000Z',
      [],
      0,
    ]);
    expect(
      await api.call('Query.trafficStats', { from, to: '2026-03-15T10:00:00Z', group_by: ['SITE'] }),
    ).toEqual({
      error: {
        type: 'NotFound',
        message: 'No snapshot was taken before the end of this range: choose a later value for to.',
      },
    });
  });

  it('does not start from zero if earlier readings have expired', async () => {
    const first = (minute: number) =>
      db.client.send(
        new UpdateCommand({
          TableName: db.tables.traffic,
          Key: { pk: 'SNAPSHOT', sk: 'FIRST' },
          UpdateExpression: 'SET #minute = :minute',
          ExpressionAttributeNames: { '#minute': 'minute' },
          ExpressionAttributeValues: { ':minute': minute },
        }),
      );
    await first(START - 60 * MINUTE);
    const from = new Date(START - 2 * MINUTE).toISOString();
    const { points, begins_at, sum } = await api.data('Query.trafficHistory', { ...range, from });
    expect(points.map((point: { packets: number; gap: boolean }) => [point.packets, point.gap])).toEqual([
      [0, true],
      [0, false],
      [90, false],
      [90, false],
      [90, false],
    ]);
    expect([begins_at, sum.packets_exact]).toEqual([null, '270']);
    expect(await api.call('Query.trafficStats', { ...range, from, group_by: ['SITE'] })).toEqual({
      error: {
        type: 'NotFound',
        message:
          'No snapshot from before the beginning of this range is kept: choose a later value for from.',
      },
    });
    await first(START);
  });

  it('sums all edges up to the total traffic, and an endpoint up to its share', async () => {
    const all = await api.data('Query.trafficHistory', range);
    const one = await api.data('Query.trafficHistory', {
      ...range,
      filter: { site_id: SITE, endpoint_id: 'wan2' },
    });
    expect([all.sum.packets_exact, one.sum.packets_exact]).toEqual(['270', '90']);
  });

  it('groups the same total, largest first', async () => {
    const stats = await api.data('Query.trafficStats', { ...range, group_by: ['ENDPOINT'], limit: 1 });
    expect(stats).toMatchObject({
      rows: [{ endpoint_id: 'wan1', policy_id: null, packets_exact: '180' }],
      other: { packets_exact: '90' },
      other_rows: 1,
      total: { packets_exact: '270', bytes_exact: '27000' },
    });
  });

  it('shows live endpoints of a site, with equal counters and lanes', async () => {
    const [first] = await api.data('Query.endpointStats', { site_id: SITE });
    expect(first).toMatchObject({ endpoint_id: 'wan1', packets_exact: String(2n ** 53n + 180n) });
    expect(await api.data('Query.trafficAudit')).toMatchObject({ agrees: true, lanes: 2, mismatches: [] });
  });

  it('gives the completeness of the totals at the last snapshot, and its time', async () => {
    const completeness = async () => (await api.data('Query.trafficTotals')).completeness;
    const heard = { edges_expected: 2, edges_heard: 1, late_groups: [] };
    const seen = { ...heard, as_of: '2026-03-15T11:33:00.000Z' };
    expect(await completeness()).toEqual(seen);
    api.now = START + 60 * MINUTE;
    expect(await completeness()).toEqual(seen);
    api.now = START + 4 * MINUTE;
  });

  it('shows a policy from zero after a reset, marks the interval, and reverts the reset', async () => {
    api.now = START + 2 * MINUTE + 30_000;
    const reset = await api.data('Mutation.resetPolicyStats', { policy_id: 'default' });
    expect((await api.data('Query.policy', { id: 'default' })).packets_matched_exact).toBe('0');
    expect((await api.data('Query.trafficTotals')).packets_exact).toBe('0');
    api.now = START + 4 * MINUTE;
    const { points } = await api.data('Query.policyHistory', { policy_id: 'default', ...range });
    expect(points.map((point: { reset: boolean }) => point.reset)).toEqual([false, false, true]);
    const marked = async (filter: object) =>
      (await api.data('Query.trafficHistory', { ...range, filter })).points.map(
        (point: { reset: boolean }) => point.reset,
      );
    expect(await marked({ edge_id: 'edge-1', policy_id: 'default' })).toEqual([false, false, true]);
    expect(await marked({ edge_id: 'edge-1' })).toEqual([false, false, false]);
    await api.data('Mutation.undoReset', { audit_id: reset.audit_id });
    expect((await api.data('Query.policy', { id: 'default' })).packets_matched_exact).toBe(
      String(2n ** 53n + 270n),
    );
  });

  it.each([
    [
      'Query.policyHistory',
      { ...range, policy_id: '99' },
      'There is no policy "99": the query policies lists those that exist.',
    ],
    [
      'Query.trafficHistory',
      { ...range, filter: { policy_id: '99' } },
      'There is no policy "99": the query policies lists those that exist.',
    ],
    [
      'Query.trafficHistory',
      { ...range, filter: { edge_id: 'nobody' } },
      'No edge "nobody" is registered: the query edges lists those that are.',
    ],
    [
      'Query.trafficStats',
      { ...range, group_by: ['EDGE'], filter: { site_id: 'nowhere' } },
      'There is no site "nowhere": the query sites lists those that exist.',
    ],
    [
      'Query.trafficStats',
      { ...range, group_by: ['EDGE'], filter: { site_id: SITE, endpoint_id: 'wan9' } },
      `Site "${SITE}" has no endpoint "wan9": the query site lists its endpoints.`,
    ],
    [
      'Query.endpointStats',
      { site_id: 'nowhere' },
      'There is no site "nowhere": the query sites lists those that exist.',
    ],
  ])('%s does not find %j', async (operation, args, message) => {
    expect(await api.call(operation, args)).toEqual({ error: { type: 'NotFound', message } });
  });

  it('has a history of zeros for a defined policy without traffic', async () => {
    const { id } = await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    const history = await api.data('Query.policyHistory', { ...range, policy_id: id });
    expect(
      history.points.map((point: { packets: number; gap: boolean }) => [point.packets, point.gap]),
    ).toEqual([
      [0, false],
      [0, false],
      [0, false],
    ]);
  });

  it.each([
    [
      'Query.policyHistory',
      { policy_id: '1', from: range.to, to: range.from },
      'from (2026-03-15T11:33:00.000Z) is not before to (2026-03-15T11:30:00.000Z): choose an earlier from or a later to.',
    ],
    [
      'Query.trafficStats',
      { ...range, group_by: ['SITE', 'SITE'] },
      'group_by must have one to four of POLICY, SITE, ENDPOINT, EDGE, each once.',
    ],
    [
      'Query.trafficStats',
      { ...range, group_by: ['SITE'], limit: 1001 },
      'limit must be a whole number from 1 to 1000.',
    ],
    ['Query.policyHistory', { ...range, policy_id: '' }, 'policy_id must have 1 to 128 characters.'],
    ['Query.endpointStats', { site_id: 'x'.repeat(129) }, 'site_id must have 1 to 128 characters.'],
    ['Mutation.resetPolicyStats', { policy_id: '' }, 'policy_id must have 1 to 128 characters.'],
    ['Mutation.undoReset', { audit_id: '' }, 'audit_id must have 1 to 128 characters.'],
    [
      'Query.policyHistory',
      { policy_id: 'default', from: '2026-03-12T00:00:00Z', to: range.to, resolution: 'MINUTE' },
      'MINUTE samples are kept for 48 hours, now since 2026-03-13T11:34:00.000Z: choose a later value for from or the resolution HOUR or DAY.',
    ],
    [
      'Query.trafficHistory',
      { from: '2026-03-14T00:00:00Z', to: range.to, resolution: 'MINUTE', compare_previous: true },
      'compare_previous needs samples from 2026-03-12T12:27:00.000Z on, but MINUTE samples are kept for 48 hours, now since 2026-03-13T11:34:00.000Z: ask for a shorter range or the resolution HOUR or DAY.',
    ],
    [
      'Query.policyHistory',
      { policy_id: 'default', from: '2026-03-15T12:00:00Z', to: '2026-03-15T13:00:00Z' },
      'from (2026-03-15T12:00:00.000Z) is in the future.',
    ],
    [
      'Query.trafficStats',
      { from: '2023-01-01T00:00:00Z', to: range.to, group_by: ['SITE'] },
      'DAY samples are kept for 730 days, now since 2024-03-15T00:00:00.000Z: choose a later value for from.',
    ],
    [
      'Query.trafficStats',
      { ...range, group_by: ['SITE', 'COLOUR'] },
      'group_by.1 must be POLICY, SITE, ENDPOINT or EDGE.',
    ],
    [
      'Query.trafficStats',
      { ...range, group_by: ['SITE'], order_by: 'COLOUR' },
      'order_by must be BYTES or PACKETS.',
    ],
    ['Query.trafficHistory', { ...range, resolution: 'WEEK' }, 'resolution must be MINUTE, HOUR or DAY.'],
    [
      'Query.trafficHistory',
      { from: 'yesterday', to: range.to },
      'from must be a time such as 2026-01-31T12:00:00Z.',
    ],
  ])('rejects %s %j', async (operation, args, message) => {
    expect(await api.call(operation, args)).toEqual({ error: { type: 'ValidationError', message } });
  });

  it.each([
    ['Query.trafficStats', ['ENDPOINT', 'EDGE']],
    ['Query.flowStats', ['PROTOCOL']],
  ])(
    'pages through the groups of %s, each once, as long as the figures are unchanged',
    async (query, group_by) => {
      const to = new Date(START + 9 * MINUTE).toISOString();
      api.now = START + 10 * MINUTE;
      const page = (next_token: string | null) =>
        api.call(query, { from: range.from, to, group_by, limit: 1, next_token });
      const all = await api.data(query, { from: range.from, to, group_by });
      expect(all.next_token).toBeNull();
      const rows: unknown[] = [];
      let token: string | null = null;
      let first: string | null = null;
      do {
        const answer = (await page(token)) as { data: typeof all };
        rows.push(...answer.data.rows);
        token = answer.data.next_token;
        first ??= token;
      } while (token !== null);
      expect(rows).toEqual(all.rows);
      expect(await page('x')).toMatchObject({ error: { type: 'ValidationError' } });
      if (first === null) return;
      await putLane('edge-1', 'wan1', 2n ** 53n + 1000n);
      await snapshot(START + 5 * MINUTE);
      expect(await page(first)).toEqual({
        error: {
          type: 'Conflict',
          message:
            'The figures have changed since the previous page: begin again without next_token, or choose an earlier value for to.',
        },
      });
    },
  );

  it('allows resets by administrators only', async () => {
    const answer = await api.call('Mutation.resetAllStats', {}, { identity: personIn('operator') });
    expect(answer).toMatchObject({ error: { type: 'Unauthorized' } });
  });
});
