import { BatchGetCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { MIN_COUNTER_SLOTS, readCountersHead } from '../../../core/ledger/figures/counter-slots.ts';
import { readCountersAfter, readCountersOf } from '../../../core/ledger/figures/read-counters.ts';
import { counterKey } from '../../../core/ledger/lane-keys.ts';
import { slotsItem } from '../../support/counter-slots.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

it.each([
  ['4', 4, { queried: 0, keys: 4 * 16 }],
  ['5', 5, { queried: 16 * 1000, keys: 5 * 16 }],
  ['300', 300, { queried: 16 * 1000, keys: 300 * 16 }],
])(
  'reads at most a page of each slot and a key for each id and slot for the counters of %s ids',
  async (_, count, cost) => {
    const store = new FakeDynamoDb();
    const read = { queried: 0, keys: 0 };
    const client = clientWith(async command => {
      if (command instanceof QueryCommand) {
        // A slot with more counters than any page.
        const Items = Array.from({ length: command.input.Limit! }, (_, i) => ({ sk: `other-${i}` }));
        read.queried += Items.length;
        return { Items, LastEvaluatedKey: {} };
      }
      if (command instanceof BatchGetCommand) read.keys += command.input.RequestItems!.traffic!.Keys!.length;
      return store.send(command);
    });
    const context = storeContext({ client, tables: TABLES }, () => 0);
    const ids = Array.from({ length: count }, (_, id) => String(id));
    expect(await readCountersOf(context, ids)).toEqual(new Map());
    expect(read).toEqual(cost);
  },
);

it.each([1, 15, 16, 17])('sums at least 16 slots if %i are stored', async stored => {
  const store = new FakeDynamoDb();
  const { pk, sk, slots } = slotsItem(stored);
  store.items.set(`${pk}\u0000${sk}`, { pk, sk, slots });
  const head = await readCountersHead({ client: store.client, tables: TABLES });
  expect(head.slots).toBe(Math.max(stored, MIN_COUNTER_SLOTS));
});

describe('counters in several slots', () => {
  /** Answers queries of slots, which have a packet of each of these ids. */
  const clientOf = (slots: readonly string[][]) =>
    clientWith(async command => {
      if (command instanceof GetCommand) return { Item: slotsItem(16) };
      if (!(command instanceof QueryCommand)) expect.fail('it did more than query');
      const { Limit, ExpressionAttributeValues: values = {} } = command.input;
      const partitions = slots.map((_, slot) => counterKey(slot, '').pk);
      const { ':from': from = '', ':to': to = '~', ':after': after = '' } = values;
      const all = (slots[partitions.indexOf(values[':pk'])] ?? []).filter(
        id => id > after && id >= from && id <= to,
      );
      const Items = all.slice(0, Limit).map(sk => ({ sk, packets: 1 }));
      return { Items, ...(all.length > Items.length && { LastEvaluatedKey: Items.at(-1) }) };
    });

  it('are shown page by page, and never with a part of their slots', async () => {
    const client = clientOf([
      ['a', 'b', 'c', 'd', 'e', 'f'],
      ['d', 'e', 'f'],
    ]);
    const pages: [string, bigint][][] = [];
    let after: string | undefined;
    for (let more = true; more; ) {
      const page = await readCountersAfter({ client, tables: TABLES }, { after, limit: 2 });
      pages.push(page.counted.map(([id, { packets }]) => [id, packets]));
      after = page.counted.at(-1)?.[0];
      more = page.more;
    }
    expect(pages).toEqual([
      [
        ['a', 1n],
        ['b', 1n],
      ],
      [
        ['c', 1n],
        ['d', 2n],
      ],
      [
        ['e', 2n],
        ['f', 2n],
      ],
    ]);
  });

  it('are only those of the given ids', async () => {
    const client = clientOf([['1', '2', '3', '4', '5', '6']]);
    const context = storeContext({ client, tables: TABLES }, () => 0);
    const counts = await readCountersOf(context, ['6', '5', '4', '3', '1']);
    expect([...counts.keys()]).toEqual(['1', '3', '4', '5', '6']);
  });
});
