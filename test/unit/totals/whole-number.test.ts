import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigIntOf, numberOf } from '../../../core/totals/whole-number.ts';

const ENDS = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER];

describe('whole numbers', () => {
  it.each(ENDS)('convert %d to the same BigInt and number', value => {
    expect(bigIntOf(value)).toBe(BigInt(value));
    expect(numberOf(BigInt(value))).toBe(value);
  });

  it('convert to the same BigInt as BigInt()', () => {
    fc.assert(fc.property(fc.maxSafeNat(), value => bigIntOf(value) === BigInt(value)));
  });

  it('are rounded like Number() up to 64 bits', () => {
    for (const value of [2n ** 53n + 1n, 2n ** 53n + 3n, 2n ** 63n - 1n, 2n ** 64n - 1n]) {
      expect(numberOf(value)).toBe(Number(value));
    }
    const bits64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(fc.property(bits64, value => numberOf(value) === Number(value)));
  });
});
