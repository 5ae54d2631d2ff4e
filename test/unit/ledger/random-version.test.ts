import { expect, it } from 'vitest';
import { randomVersion } from '../../../core/ledger/random-version.ts';

it('never repeats an earlier version', () => {
  const versions = Array.from({ length: 1000 }, randomVersion);
  expect(new Set(versions).size).toBe(1000);
});
