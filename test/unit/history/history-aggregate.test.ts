import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate, LANE_GROUPS, type LaneTotals } from '../../../core/history/aggregate.ts';

function lane(edge_id: string, site_id: string, pairs: [string, string, bigint][]): LaneTotals {
  return {
    edge_id,
    site_id,
    part: 0,
    pairs: pairs.map(([policy_id, endpoint_id, packets]) => ({
      policy_id,
      endpoint_id,
      packets,
      bytes: packets * 10n,
      estimated_bytes: endpoint_id === 'wan2' ? packets * 10n : packets,
    })),
  };
}

const BEFORE = [lane('e1', 's1', [['1', 'wan1', 5n]])];
const AFTER = [
  lane('e1', 's1', [
    ['1', 'wan1', 15n],
    ['2', 'wan2', 3n],
  ]),
  lane('e2', 's2', [['1', 'wan1', 4n]]),
];

describe('aggregate', () => {
  it('groups the differences, largest first, and sums up those beyond the limit as other', () => {
    expect(
      aggregate({ before: BEFORE, after: AFTER, group_by: ['EDGE', 'POLICY'], order_by: 'BYTES', limit: 2 }),
    ).toEqual({
      rows: [
        { edge_id: 'e1', policy_id: '1', packets: 10n, bytes: 100n, estimated_bytes: 10n },
        { edge_id: 'e2', policy_id: '1', packets: 4n, bytes: 40n, estimated_bytes: 4n },
      ],
      other: { rows: 1, packets: 3n, bytes: 30n, estimated_bytes: 30n },
      total: { packets: 17n, bytes: 170n, estimated_bytes: 44n },
    });
  });

  it('keeps only entries that match the filter', () => {
    const { rows } = aggregate({
      before: BEFORE,
      after: AFTER,
      group_by: ['SITE'],
      filter: { policy_id: '1', site_id: 's1' },
      order_by: 'PACKETS',
      limit: 10,
    });
    expect(rows).toEqual([{ site_id: 's1', packets: 10n, bytes: 100n, estimated_bytes: 10n }]);
  });

  it('counts an edge that moved for its last site', () => {
    const { rows } = aggregate({
      before: BEFORE,
      after: [lane('e1', 's9', [['1', 'wan1', 6n]])],
      group_by: ['SITE'],
      order_by: 'BYTES',
      limit: 10,
    });
    expect(rows).toEqual([{ site_id: 's9', packets: 1n, bytes: 10n, estimated_bytes: 1n }]);
  });

  it('has the same total in every grouping', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const totals = fc.record({
      edge_id: name,
      site_id: name,
      part: fc.nat(1),
      pairs: fc.uniqueArray(
        fc.record({
          policy_id: name,
          endpoint_id: name,
          packets: fc.bigInt(0n, 2n ** 70n),
          bytes: fc.bigInt(0n, 2n ** 80n),
          estimated_bytes: fc.bigInt(0n, 2n ** 80n),
        }),
        { selector: pair => `${pair.policy_id}#${pair.endpoint_id}` },
      ),
    });
    const lanes = fc.uniqueArray(totals, { selector: item => `${item.edge_id}#${item.part}` });
    fc.assert(
      fc.property(lanes, lanes, fc.nat(3), (before, after, limit) => {
        const answers = [[], ...LANE_GROUPS.map(group => [group]), [...LANE_GROUPS]].map(group_by =>
          aggregate({ before, after, group_by, order_by: 'BYTES', limit }),
        );
        for (const { rows, other, total } of answers) {
          expect(total).toEqual(answers[0]?.total);
          const shown = rows.reduce((sum, row) => sum + row.bytes, other.bytes);
          expect(shown).toBe(total.bytes);
        }
      }),
    );
  });
});
