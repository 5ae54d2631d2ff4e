import { describe, expect, it } from 'vitest';
import { MAX_ENDPOINTS } from '../../../core/policy/flow-key.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';
import { IdNumbers } from '../../../core/totals/id-numbers.ts';
import { isOtherFlows, limitFlows } from '../../../core/totals/other-flows.ts';
import { CARRY, PairTotals } from '../../../core/totals/pair-totals.ts';

const flow = (src: string, bytes: bigint, more: Partial<FlowRecord> = {}): FlowRecord => ({
  ...{ policy_id: 'p', endpoint_id: 'w', src, src_port: 1, dst: '10.1.0.1', dst_port: 2, protocol: 6 },
  ...{ packets: 1n, bytes, first: '2026-01-31T12:00:05Z', last: '2026-01-31T12:00:06Z' },
  ...more,
});

describe('too many flows', () => {
  it('are listed by bytes up to the limit, and the rest is summed up for each policy and endpoint', () => {
    const flows = [
      flow('10.0.0.1', 5n),
      flow('10.0.0.2', 9n),
      flow('10.0.0.3', 7n, { first: '2026-01-31T12:00:01Z' }),
      flow('10.0.0.4', 6n, { last: '2026-01-31T12:00:09Z' }),
      flow('10.0.0.5', 4n, { endpoint_id: 'w2' }),
      flow('10.0.0.6', 3n, { policy_id: 'q' }),
    ];
    const other = { src: 'other', src_port: 0, dst: 'other', dst_port: 0, protocol: 0 };
    expect(limitFlows(flows, 1)).toEqual([
      flows[1],
      {
        ...flow('', 18n, other),
        ...{ packets: 3n, first: '2026-01-31T12:00:01Z', last: '2026-01-31T12:00:09Z' },
      },
      { ...flow('', 4n, other), endpoint_id: 'w2' },
      { ...flow('', 3n, other), policy_id: 'q' },
    ]);
    expect(limitFlows(flows, 6).map(({ bytes }) => bytes)).toEqual([9n, 7n, 6n, 5n, 4n, 3n]);
  });

  it('are one flow if they have the same key, in any order', () => {
    const early = flow('10.0.0.1', 5n, { first: '2026-01-31T12:00:01Z', last: '2026-01-31T12:00:02Z' });
    const late = flow('10.0.0.1', 6n);
    const sum = { bytes: 11n, packets: 2n, first: early.first, last: late.last };
    expect(limitFlows([early, late], 5)).toEqual([{ ...early, ...sum }]);
    expect(limitFlows([late, early], 5)).toEqual([{ ...late, ...sum }]);
  });

  it('keep an earlier sum, and add to it', () => {
    const before = limitFlows([flow('10.0.0.1', 5n)], 0);
    expect(before.map(isOtherFlows)).toEqual([true]);
    const again = limitFlows([...before, flow('10.0.0.2', 9n), flow('10.0.0.3', 7n)], 1);
    expect(again.map(({ src, bytes }) => [src, bytes])).toEqual([
      ['10.0.0.2', 9n],
      ['other', 12n],
    ]);
  });

  it('of the same size are chosen by their keys, not by their order', () => {
    const flows = ['10.0.0.3', '10.0.0.1', '10.0.0.2'].map(src => flow(src, 5n));
    for (const given of [flows, flows.toReversed()]) {
      expect(limitFlows(given, 2).map(({ src }) => src)).toEqual(['10.0.0.1', '10.0.0.2', 'other']);
    }
  });

  it('are two if only their concatenated ids are equal', () => {
    const flows = [
      flow('10.0.0.1', 5n, { policy_id: 'p', endpoint_id: 'w1' }),
      flow('10.0.0.1', 6n, { policy_id: 'pw', endpoint_id: '1' }),
    ];
    expect(limitFlows(flows, 5).map(({ bytes }) => bytes)).toEqual([6n, 5n]);
  });

  it('keep a sum as a sum, even if smaller flows are listed', () => {
    const sum = limitFlows([flow('10.0.0.1', 50n)], 0);
    const again = limitFlows([...sum, flow('10.0.0.2', 9n), flow('10.0.0.3', 7n)], 2);
    expect(again.map(({ src, bytes }) => [src, bytes])).toEqual([
      ['10.0.0.2', 9n],
      ['10.0.0.3', 7n],
      ['other', 50n],
    ]);
  });

  it('differ from flows with only one end "other"', () => {
    expect(isOtherFlows({ src: 'other', dst: '10.0.0.1' })).toBe(false);
    expect(isOtherFlows({ src: '10.0.0.1', dst: 'other' })).toBe(false);
  });
});

it('numbers ids in order of their first use, again from 0 in each list', () => {
  const ids = new IdNumbers();
  const numbers = (list: string[]) => {
    ids.begin();
    return [list.map(id => ids.numberOf(id)), ids.size];
  };
  expect(numbers(['a', 'b', 'a', 'c', 'b'])).toEqual([[0, 1, 0, 2, 1], 3]);
  expect(numbers(['c', 'd', 'a', 'c'])).toEqual([[0, 1, 2, 0], 3]);
  expect(numbers([])).toEqual([[], 0]);
});

it('numbers the ids of any number of lists in bounded time and memory', () => {
  const ids = new IdNumbers();
  for (let list = 0; list < 5; list++) {
    ids.begin();
    const given = Array.from({ length: 9000 }, (_, index) => `${list} ${index}`);
    expect(given.map(id => ids.numberOf(id)).at(-1)).toBe(8999);
    expect([ids.numberOf(`${list} 0`), ids.numberOf('new'), ids.size]).toEqual([0, 9000, 9001]);
  }
});

it('keeps any number of pairs of a policy apart by endpoint and path', () => {
  const totals = new PairTotals();
  const places = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
    [MAX_ENDPOINTS - 1, 0],
    [MAX_ENDPOINTS - 1, 1],
    [0, 2],
    [0, 400],
  ] as const;
  const pairs = places.map(([endpoint, path]) => totals.indexOf('p', endpoint, path));
  expect(pairs).toEqual(places.map((_, index) => index));
  expect(places.map(([endpoint, path]) => totals.indexOf('p', endpoint, path))).toEqual(pairs);
  expect(totals.pairs).toEqual(places.map(([endpoint, path]) => ({ policy_id: 'p', endpoint, path })));
  expect(totals.indexOf('q', 0, 0)).toBe(places.length);
  expect(totals.policyIds()).toEqual(['p', 'q']);
});

it.each([
  ['below', CARRY - 1],
  ['at', CARRY],
  ['above', CARRY + 4],
  ['at twice', 2 * CARRY],
])('does not change a sum %s the limit of its low part when it is carried', (_, sum) => {
  const totals = new PairTotals();
  const [first, second] = [totals.indexOf('p', 0, 0), totals.indexOf('p', 1, 0)];
  totals.sums.set([sum, sum, sum, sum]);
  totals.carry(second);
  expect([totals.packets(second), totals.bytes(second)]).toEqual([BigInt(sum), BigInt(sum)]);
  expect(totals.sums.slice(2, 4).every(low => low < CARRY)).toBe(true);
  expect([...totals.sums.slice(0, 2)]).toEqual([sum, sum]);
  totals.carry(first);
  expect([totals.packets(first), totals.bytes(first)]).toEqual([BigInt(sum), BigInt(sum)]);
  expect(totals.sums.slice(0, 2).every(low => low < CARRY)).toBe(true);
});

it('keeps totals while pairs are added', () => {
  const totals = new PairTotals();
  for (let n = 0; n < 70; n++) {
    const pair = totals.indexOf('p', n, 0);
    totals.add(pair, BigInt(n), 2n ** 60n + BigInt(n));
    totals.activeFlows[pair]! += n;
  }
  for (let n = 0; n < 70; n++) {
    const found = [totals.packets(n), totals.bytes(n), totals.activeFlows[n]];
    expect(found).toEqual([BigInt(n), 2n ** 60n + BigInt(n), n]);
  }
});

it('keeps totals exact past 2^52, for any increments and any number of pairs', () => {
  const totals = new PairTotals();
  const added = [2n ** 52n - 1n, 1n, 2n ** 53n + 3n, 2n ** 63n - 1n];
  const pairs = Array.from({ length: 40 }, (_, n) => totals.indexOf(`p${n % 3}`, n % 5, n));
  expect(new Set(pairs).size).toBe(40);
  for (const pair of pairs) for (const count of added) totals.add(pair, count, 2n * count);
  const sum = added.reduce((a, b) => a + b);
  for (const pair of pairs) expect([totals.packets(pair), totals.bytes(pair)]).toEqual([sum, 2n * sum]);
  expect(totals.sums.slice(0, 80).every(low => low < CARRY)).toBe(true);
  expect(totals.indexOf('p1', 1, 1)).toBe(1);
  expect(totals.ofPolicy('p1')).toEqual(pairs.filter(pair => pair % 3 === 1));
  expect(totals.ofPolicy('none')).toEqual([]);
});
