import { randomInt } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { randomVersion } from '../../../core/ledger/random-version.ts';

vi.mock('node:crypto', async original => {
  const crypto = await original<typeof import('node:crypto')>();
  return { ...crypto, randomInt: vi.fn(crypto.randomInt) };
});

type Draw = (from: number, below: number) => number;

it('a version never repeats an earlier one', () => {
  const versions = Array.from({ length: 1000 }, randomVersion);
  expect(new Set(versions).size).toBe(1000);
});

it.each<[string, Draw, number]>([
  // Earlier releases counted up from 1, at every write of a lane.
  ['lowest version is above all that earlier releases counted to', from => from, 2 ** 32],
  ['highest version is what Node can draw', (_, below) => below - 1, 2 ** 48 - 2],
])('the %s', (_, draw, expected) => {
  vi.mocked<Draw>(randomInt).mockImplementationOnce(draw);
  expect(randomVersion()).toBe(expected);
});
