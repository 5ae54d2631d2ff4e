import { expect, it } from 'vitest';
import { type Sides, sidesInWords } from '../../../core/routing/failover/sides-in-words.ts';

const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `p${String(from + index).padStart(2, '0')}`);

it.each<[string, Sides, string[], string]>([
  ['none', { out: [] }, ['p1'], 'no policy'],
  ['one', { out: ['p1'] }, [], 'policy p1'],
  ['two', { out: ['p2', 'p1'] }, [], 'policies p1 and p2'],
  ['three, with the differing ones first', { out: ['p1', 'p2', 'p3'] }, ['p1'], 'policies p2, p3 and p1'],
  [
    'twelve, of which ten are named',
    { out: ids(0, 12) },
    ids(0, 11),
    'policies p11, p00, p01, p02, p03, p04, p05, p06, p07, p08 and 2 more',
  ],
  ['every policy', { out: ['*'] }, ['p1'], 'every policy'],
  [
    'every policy, with an end',
    { out: ['*'], until: '2026-01-31T12:00:00.000Z' },
    ['*'],
    'every policy until 2026-01-31T12:00:00.000Z',
  ],
  [
    'every policy, until restored',
    { out: ['*'], until_restored: true },
    ['*'],
    'every policy until it is restored',
  ],
])('names the policies that have left a path: %s', (_, sides, out, words) => {
  expect(sidesInWords(sides, { out })).toBe(words);
});
