import { expect, it } from 'vitest';
import { randomVersion } from '../../../core/ledger/random-version.ts';

it('a version never repeats an earlier one, of this release or of those that counted up', () => {
  const versions = Array.from({ length: 1000 }, randomVersion);
  expect(new Set(versions).size).toBe(1000);
  expect(Math.min(...versions)).toBeGreaterThanOrEqual(2 ** 32);
});
