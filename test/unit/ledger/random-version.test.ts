import { expect, it } from 'vitest';
import { randomVersion } from '../../../core/ledger/random-version.ts';

it('a version never repeats an earlier one', () => {
  const versions = Array.from({ length: 1000 }, () => randomVersion());
  expect(new Set(versions).size).toBe(1000);
});

it('the lowest version is above all that earlier releases counted to from 1', () => {
  expect(randomVersion(from => from)).toBe(2 ** 32);
});

it('the highest version is a number that DynamoDB and JavaScript have exactly', () => {
  expect(randomVersion((_, below) => below - 1)).toBe(2 ** 48 - 2);
});
