import { describe, expect, it } from 'vitest';
import { costCsv, costTable } from '../../../web/pages/cost/cost-rows.ts';
import type { TrafficCost } from '../../../web/pages/cost/operations.ts';

const COST: TrafficCost = {
  currency: 'EUR',
  from: '2026-03-15T11:00:00.000Z',
  to: '2026-03-15T12:00:00.000Z',
  rows: [
    {
      ...{ policy_id: null, site_id: 's-1', endpoint_id: 'wan1', edge_id: null },
      ...{ bytes_exact: '3000000000', cost_exact: '0.3', unpriced_bytes_exact: '0' },
    },
    {
      ...{ policy_id: null, site_id: 's-2', endpoint_id: 'wan1', edge_id: null },
      ...{ bytes_exact: '7', cost_exact: null, unpriced_bytes_exact: '7' },
    },
  ],
  other: { bytes_exact: '1000000000', cost_exact: '0.1', unpriced_bytes_exact: '0' },
  other_rows: 4,
  total: { bytes_exact: '4000000007', cost_exact: '0.4', unpriced_bytes_exact: '7' },
};

const nameOf = (field: string, id: string) =>
  field === 'site' ? { 's-1': 'Berlin, Mitte', 's-2': '=1+1' }[id]! : id;

describe('the table of costs', () => {
  it('has the rows by name, the others and the sum, each with its share of the cost', () => {
    const rows = costTable(COST, nameOf).map(({ kind, name, share }) => [kind, name, share]);
    expect(rows).toEqual([
      ['ROW', 'Berlin, Mitte wan1', 0.3 / 0.4],
      ['ROW', '=1+1 wan1', null],
      ['OTHER', '4 others', 0.1 / 0.4],
      ['TOTAL', 'Total', 1],
    ]);
  });

  it('has no shares if there are no costs', () => {
    const free = { ...COST, total: { ...COST.total, cost_exact: null } };
    expect(costTable(free, nameOf).map(({ share }) => share)).toEqual([null, null, null, null]);
  });

  it('is saved with the exact figures of the query, and an empty cell for an unknown cost', () => {
    expect(costCsv(COST, costTable(COST, nameOf))).toBe(
      [
        'name,bytes,cost_eur,bytes_without_price,from,to',
        '"Berlin, Mitte wan1",3000000000,0.3,0,2026-03-15T11:00:00.000Z,2026-03-15T12:00:00.000Z',
        "'=1+1 wan1,7,,7,2026-03-15T11:00:00.000Z,2026-03-15T12:00:00.000Z",
        '4 others,1000000000,0.1,0,2026-03-15T11:00:00.000Z,2026-03-15T12:00:00.000Z',
        'Total,4000000007,0.4,7,2026-03-15T11:00:00.000Z,2026-03-15T12:00:00.000Z',
        '',
      ].join('\r\n'),
    );
  });
});
