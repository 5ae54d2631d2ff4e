import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { MIN_COUNTER_SLOTS, readCountersHead } from '../../../core/ledger/figures/counter-slots.ts';
import { readCountersOf } from '../../../core/ledger/figures/read-counters.ts';
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
