import { describe, expect, it } from 'vitest';
import { policyBaselineItem } from '../../../core/ledger/figures/baselines.ts';
import {
  readShownCounters,
  readShownCountersAfter,
  readShownCountersOf,
  readShownTotals,
} from '../../../core/ledger/figures/shown-counters.ts';
import { counterPartition } from '../../../core/ledger/lane-keys.ts';
import type { Item } from '../../../core/storage/item.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

const put = (store: FakeDynamoDb, item: Item) => store.items.set(`${item.pk}\u0000${item.sk}`, item);

const count = (store: FakeDynamoDb, packets: bigint) =>
  put(store, { pk: counterPartition(3, 0), sk: '7', packets, bytes: packets * 10n, active_flows: 0 });

/** The packets of policy 7 by each way to read them. */
const READERS: Record<string, (context: ReturnType<typeof storeContext>) => Promise<bigint | undefined>> = {
  readShownCounters: async ({ client, tables }) =>
    (await readShownCounters(client, tables)).get('7')?.packets,
  readShownTotals: async ({ client, tables }) => (await readShownTotals(client, tables)).packets,
  readShownCountersOf: async context => (await readShownCountersOf(context, ['7'])).get('7')?.packets,
  readShownCountersAfter: async context => {
    const { counted } = await readShownCountersAfter(context, { after: undefined, limit: 10 });
    return new Map(counted).get('7')?.packets;
  },
};

describe.each(Object.entries(READERS))('%s', (_, read) => {
  it('shows no figure below zero, whenever traffic and a reset of it come in between', async () => {
    const seen = new Set<bigint | undefined>();
    for (let at = 0, calls = 0; at <= calls; at++) {
      const store = new FakeDynamoDb();
      count(store, 5n);
      calls = 0;
      const client = clientWith(async command => {
        if (calls++ === at) {
          count(store, 15n);
          const counts = { packets: 15n, bytes: 150n, estimated_bytes: 0n };
          put(store, policyBaselineItem({ audit_id: 'a', at: 1, chunks_id: 'a' }, '7', counts));
        }
        return store.send(command);
      });
      seen.add(await read(storeContext({ client, tables: TABLES }, () => 0)));
    }
    // Before both; after the traffic and a moment before the reset; after both.
    expect([...seen].sort()).toEqual([0n, 15n, 5n]);
  });
});
