import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, costRows, costSum, inDecimal } from '../../../core/answers/cost-of-traffic.ts';

describe('the cost of traffic', () => {
  it.each([
    [1_000_000_000n, 0.09, '0.09'],
    [1n, 0.000000001, '0.000000000000000001'],
    [9_007_199_254_740_993n, 0.1, '900719.9254740993'],
    [1_500_000_000n, 1_000_000, '1500000'],
    [0n, 5, '0'],
    [-1_000_000_000n, 0.5, '-0.5'],
  ])('%s bytes at %s a GB cost %s', (bytes, price, cost) => {
    expect(inDecimal(costOf(bytes, price))).toBe(cost);
  });

  const row = fc.record({
    policy_id: fc.constantFrom('1', '2', 'default'),
    site_id: fc.constantFrom('a', 'b'),
    endpoint_id: fc.constantFrom('wan1', 'wan2'),
    bytes: fc.bigInt({ min: 0n, max: 2n ** 70n }),
    packets: fc.constant(1n),
    estimated_bytes: fc.constant(0n),
  });

  it('has the same sum in every grouping, and counts bytes without a price separately', () => {
    fc.assert(
      fc.property(fc.array(row), fc.double({ min: 0, max: 1e6, noNaN: true }), (rows, given) => {
        const price = Math.round(given * 1e9) / 1e9;
        const priceOf = ({ endpoint_id }: { endpoint_id?: string }) =>
          endpoint_id === 'wan1' ? price : undefined;
        const [bySite, byPolicy] = [costRows(rows, ['SITE'], priceOf), costRows(rows, ['POLICY'], priceOf)];
        expect(costSum(bySite)).toEqual(costSum(byPolicy));
        const bytesOf = (endpoint: string) =>
          rows.reduce((sum, { endpoint_id, bytes }) => sum + (endpoint_id === endpoint ? bytes : 0n), 0n);
        expect(costSum(bySite)).toEqual({
          bytes: bytesOf('wan1') + bytesOf('wan2'),
          cost: costOf(bytesOf('wan1'), price),
          unpriced_bytes: bytesOf('wan2'),
        });
      }),
    );
  });
});
