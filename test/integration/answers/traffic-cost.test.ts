import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpointItem } from '../../../core/inventory/model/site-items.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { EDGES, HistoryWorld } from '../../support/history-world.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-03-15T11:00:00Z');
const SITE_A = EDGES[0].site_id;
const SITE_C = EDGES[2].site_id;
const at = (minute: number) => new Date(START + minute * MINUTE).toISOString();

describe('trafficCost', () => {
  let db: TestTables;
  let api: ApiUnderTest;

  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db, { currency: 'EUR' });
    await price(SITE_A, 'wan1', 0.1);
    await price(SITE_A, 'wan2', 0);
    await price(SITE_C, 'wan1', 0.000000003);
    const world = new HistoryWorld(db, START);
    const count = (edge: string, policy_id: string, endpoint_id: string, packets: bigint) =>
      world.report(edge, { policy_id, endpoint_id, packets });
    await count('edge-a', '1', 'wan1', 7n);
    await world.snapshot(START);
    world.now = START + MINUTE - 1000;
    // 100 bytes a packet.
    await count('edge-a', '1', 'wan1', 10n ** 16n + 1n);
    await count('edge-a', '2', 'wan2', 30n);
    await count('edge-b', '2', 'gone', 5n);
    await count('edge-c', '2', 'wan1', 1n);
    await world.snapshot(START + MINUTE);
    api.now = START + 2 * MINUTE;
  });
  afterAll(() => db.drop());

  async function price(site_id: string, id: string, cost_per_gb: number): Promise<void> {
    const endpoint = {
      ...{
        site_id,
        id,
        cost_per_gb,
        address: '192.0.2.1',
        interface_type: 'FIBER' as const,
        reachable: null,
      },
      ...{ created_at: at(0), updated_at: at(0), status: 'ACTIVE' as const },
    };
    await db.client.send(new PutCommand({ TableName: db.tables.network, Item: endpointItem(endpoint) }));
  }

  const cost = (given: object) => ({ from: at(0), to: at(1), ...given });
  const inWords = (rows: Record<string, unknown>[], key: string) =>
    rows.map(row => [row[key], row.bytes_exact, row.cost_exact, row.unpriced_bytes_exact]);

  it('is exact to the byte, by endpoint, and lists bytes without a price separately', async () => {
    const answer = await api.data('Query.trafficCost', cost({ group_by: ['ENDPOINT', 'SITE'] }));
    expect(answer).toMatchObject({
      currency: 'EUR',
      from: at(0),
      to: at(1),
      other_rows: 0,
      next_token: null,
    });
    expect(inWords(answer.rows, 'endpoint_id')).toEqual([
      ['wan1', '1000000000000000100', '100000000.00000001', '0'],
      ['wan1', '100', '0.0000000000000003', '0'],
      ['wan2', '3000', null, '3000'],
      ['gone', '500', null, '500'],
    ]);
    expect(answer.rows[0]).toMatchObject({ site_id: SITE_A, policy_id: null, cost: 100_000_000.00000001 });
    expect(answer.total).toMatchObject({
      bytes_exact: '1000000000000003700',
      cost_exact: '100000000.0000000100000003',
      unpriced_bytes_exact: '3500',
    });
  });

  it('has the same total by policy, even if a row has a price for only a part', async () => {
    const { rows, total } = await api.data('Query.trafficCost', cost({ group_by: ['POLICY'] }));
    expect(inWords(rows, 'policy_id')).toEqual([
      ['1', '1000000000000000100', '100000000.00000001', '0'],
      ['2', '3600', '0.0000000000000003', '3500'],
    ]);
    expect(total.cost_exact).toBe('100000000.0000000100000003');
  });

  it('comes in pages, with the rest in one row', async () => {
    const asked = cost({ group_by: ['EDGE'], limit: 1 });
    const first = await api.data('Query.trafficCost', asked);
    expect(first).toMatchObject({ other_rows: 2, other: { cost_exact: '0.0000000000000003' } });
    const second = await api.data('Query.trafficCost', { ...asked, next_token: first.next_token });
    expect(inWords(second.rows, 'edge_id')).toEqual([['edge-c', '100', '0.0000000000000003', '0']]);
    await price(SITE_C, 'wan1', 0.000000004);
    expect(await api.call('Query.trafficCost', { ...asked, next_token: first.next_token })).toEqual({
      error: {
        type: 'Conflict',
        message:
          'The figures have changed since the previous page: begin again without next_token, or choose an earlier value for to.',
      },
    });
    await price(SITE_C, 'wan1', 0.000000003);
  });

  it('of a site is the cost of its sent traffic, also for viewers', async () => {
    const asked = cost({ group_by: ['SITE'], filter: { site_id: SITE_C } });
    const { rows } = await api.data('Query.trafficCost', asked, { identity: personIn('viewer') });
    expect(inWords(rows, 'site_id')).toEqual([[SITE_C, '100', '0.0000000000000003', '0']]);
  });

  it('rejects an unknown group', async () => {
    expect(await api.call('Query.trafficCost', cost({ group_by: [] }))).toEqual({
      error: {
        type: 'ValidationError',
        message: 'group_by must have one to four of POLICY, SITE, ENDPOINT, EDGE, each once.',
      },
    });
  });
});
