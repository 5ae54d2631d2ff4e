import { describe, expect, it } from 'vitest';
import { policyBaselineItem } from '../../../core/ledger/figures/baselines.ts';
import {
  readShownCounters,
  readShownCountersAfter,
  readShownCountersOf,
  readShownTotals,
} from '../../../core/ledger/figures/shown-counters.ts';
import { counterPartition } from '../../../core/ledger/lane-keys.ts';
import { packCorrection } from '../../../core/ledger/voids/correction-counts.ts';
import { correctionChunkPartition, correctionItem } from '../../../core/ledger/voids/corrections.ts';
import type { Item } from '../../../core/storage/item.ts';
import { slotsItem } from '../../support/counter-slots.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

const put = (store: FakeDynamoDb, item: Item) => store.items.set(`${item.pk}\u0000${item.sk}`, item);

const count = (store: FakeDynamoDb, packets: bigint, slot = 3) =>
  put(store, { pk: counterPartition(slot, 0), sk: '7', packets, bytes: packets * 10n, active_flows: 0 });

const reset = (store: FakeDynamoDb) => {
  const counts = { packets: 15n, bytes: 150n, estimated_bytes: 0n };
  put(store, policyBaselineItem({ audit_id: 'a', at: 1, chunks_id: 'a' }, '7', counts));
};

/** The events in between, with 5 packets counted: 10 more, and a subtraction. */
const EVENTS: Record<string, { happens: (store: FakeDynamoDb) => void; shown: bigint[] }> = {
  'traffic and a reset': {
    happens: store => {
      count(store, 15n);
      reset(store);
    },
    // Before both; after the traffic and a moment before the reset; after both.
    shown: [0n, 15n, 5n],
  },
  'traffic in a slot that is new and a reset': {
    happens: store => {
      put(store, slotsItem(32));
      count(store, 10n, 20);
      reset(store);
    },
    shown: [0n, 15n, 5n],
  },
  'traffic of a boot and its void': {
    happens: store => {
      count(store, 15n);
      voidBoot(store);
    },
    shown: [15n, 5n],
  },
};

/** Voids a boot that has counted 10 packets. */
function voidBoot(store: FakeDynamoDb): void {
  const audit_id = `void-${voids++}`;
  const pair = { part: 0, policy_id: '7', endpoint_id: 'wan1', packets: 10n, bytes: 100n };
  const [data] = packCorrection({ pairs: [{ ...pair, estimated_bytes: 0n }], in_resets: [] });
  const name = { audit_id, run: 'run', chunks: 1 };
  put(store, { pk: correctionChunkPartition(name), sk: '000000', data });
  const boot = { edge_id: 'edge-1', boot_id: 'boot-1', site_id: 'north' };
  const times = { at: 1, first_heard_at_ms: 0, last_heard_at_ms: 1 };
  put(store, correctionItem({ ...name, ...boot, ...times, resets: [], undone: false }));
}

/** Counts of corrections are cached by their audit ids. */
let voids = 0;

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
  it.each(Object.entries(EVENTS))(
    'reads baselines and corrections before counters: no figure is below zero, whenever %s come in between',
    async (__, { happens, shown }) => {
      const seen = new Set<bigint | undefined>();
      for (let at = 0, calls = 0; at <= calls; at++) {
        const store = new FakeDynamoDb();
        count(store, 5n);
        calls = 0;
        const client = clientWith(async command => {
          if (calls++ === at) happens(store);
          return store.send(command);
        });
        seen.add(await read(storeContext({ client, tables: TABLES }, () => 0)));
      }
      expect([...seen].sort()).toEqual(shown);
    },
  );
});
