import { expect, it } from 'vitest';
import { randomVersion } from '../../../core/ledger/random-version.ts';

it('never repeats an earlier version', () => {
  const versions = Array.from({ length: 1000 }, () => randomVersion());
  expect(new Set(versions).size).toBe(1000);
});

it('starts above every version of earlier releases', () => {
  // Earlier releases counted up from 1, at every write of a lane.
  expect(randomVersion(from => from)).toBe(2 ** 32);
  expect(randomVersion((_, below) => below - 1)).toBe(2 ** 48 - 2);
});
