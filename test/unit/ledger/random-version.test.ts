import { randomInt } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { randomVersion } from '../../../core/ledger/random-version.ts';

vi.mock('node:crypto', async original => {
  const real = await original<typeof import('node:crypto')>();
  return { ...real, randomInt: vi.fn<(min: number, max: number) => number>(real.randomInt) };
});

it('a version never repeats an earlier one, of this release or of those that counted up to 2^32', () => {
  const versions = Array.from({ length: 1000 }, randomVersion);
  expect(new Set(versions).size).toBe(1000);
  expect(randomInt).toHaveBeenLastCalledWith(2 ** 32, 2 ** 48 - 1);
});
