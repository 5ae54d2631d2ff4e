import { expect, it } from 'vitest';
import { PairTotals } from '../../../core/totals/pair-totals.ts';

it('gives a pair one index, different for each policy, endpoint, path and direction', () => {
  const totals = new PairTotals();
  const pairs = ['default', '7'].flatMap(policy_id =>
    [0, 1, 2, 32_767].flatMap(endpoint => [0, 1, 2, 3, 400].map(path => ({ policy_id, endpoint, path }))),
  );
  const indexes = () =>
    pairs.map(({ policy_id, endpoint, path }) => totals.indexOf(policy_id, endpoint, path));
  const first = indexes();
  expect(new Set(first).size).toBe(pairs.length);
  expect(indexes()).toEqual(first);
  expect(first.map(index => totals.pairs[index])).toEqual(pairs);
  expect(totals.ofPolicy('7')).toEqual(first.slice(pairs.length / 2));
  expect(totals.ofPolicy('8')).toEqual([]);
});
