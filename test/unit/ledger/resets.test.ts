import { DeleteCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { BASELINE_PARTITION } from '../../../core/ledger/figures/baselines.ts';
import { beginBuilding } from '../../../core/ledger/figures/counter-generations.ts';
import { readResetBoots, writeResetBoots } from '../../../core/ledger/figures/reset-boots.ts';
import { resetAllStats, resetPolicyStats } from '../../../core/ledger/figures/reset-stats.ts';
import { RUNNING_RESETS_PARTITION, removeCutOffResets } from '../../../core/ledger/figures/running-resets.ts';
import { readShownCounters } from '../../../core/ledger/figures/shown-counters.ts';
import { emptyPair, type LanePair, newLane } from '../../../core/ledger/lane/lane.ts';
import { counterKey, laneKey } from '../../../core/ledger/lane-keys.ts';
import { encodeLane } from '../../../core/ledger/packing/lane-codec.ts';
import type { Item } from '../../../core/storage/item.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { pairKey } from '../../../core/totals/pair-key.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { Killed } from '../../support/faults.ts';
import { seededRandom } from '../../support/random.ts';
import { T0 } from '../../support/report-records.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const ACTOR = systemCaller('test');
const HOUR = 3_600_000;

let store: FakeDynamoDb;
let now: number;
beforeEach(() => {
  store = new FakeDynamoDb();
  now = T0;
  put({ ...counterKey(0, '7'), packets: 5, bytes: 50, active_flows: 0 });
  put({ ...laneKey('edge-1', 0), version: 1, data: encodeLane(laneOf('edge-1', 0, [pairOf('7')])) });
});

function put(item: Item): void {
  store.items.set(`${item.pk}\u0000${item.sk}`, item);
}

function under(pk: string): Item[] {
  return store.dump().filter(item => item.pk === pk);
}

function contextWith(send: (command: unknown) => Promise<unknown>): StoreContext {
  const sleep = async (ms: number) => {
    now += ms;
  };
  const context = storeContext({ client: clientWith(send), tables: TABLES }, () => now);
  return { ...context, sleep, random: () => 0.5, deadline: T0 + 3 * HOUR };
}

function pairOf(policy_id: string): LanePair {
  return { ...emptyPair({ policy_id, endpoint_id: 'wan1' }), packets: 5n, bytes: 50n, seq: 1 };
}

function laneOf(edge_id: string, part: number, pairs: LanePair[]) {
  const times = { sent_at_ms: T0, first_heard_at_ms: T0, last_heard_at_ms: T0 };
  const byKey = new Map(pairs.map(pair => [pairKey(pair), pair]));
  return { ...newLane({ edge_id, part }), ...times, boot_id: 'boot-1', seq: 1, pairs: byKey };
}

const RESETS = [
  ['all policies', (context: StoreContext) => resetAllStats(context, { actor: ACTOR })],
  [
    'one policy',
    (context: StoreContext) => resetPolicyStats(context, { actor: ACTOR, policy_id: '7', defined: true }),
  ],
] as const;

describe.each(RESETS)('a reset of %s', (_, reset) => {
  it('is registered before its first chunk is written', async () => {
    const isRegistered: boolean[] = [];
    const context = contextWith(async command => {
      if (command instanceof PutCommand && String(command.input.Item?.pk).startsWith('BASELINE#')) {
        isRegistered.push(under(RUNNING_RESETS_PARTITION).length === 1);
      }
      return store.send(command);
    });
    await reset(context);
    expect(isRegistered.length).toBeGreaterThan(0);
    expect(isRegistered).not.toContain(false);
  });

  it('cannot be completed once its chunks may have been removed, even if clean-up is killed then', async () => {
    const removed: unknown[] = [];
    const cleanUp = contextWith(async command => {
      if (removed.length > 0) throw new Killed();
      if (command instanceof DeleteCommand) removed.push(command.input.Key?.pk);
      return store.send(command);
    });
    const context = contextWith(async command => {
      if (command instanceof TransactWriteCommand && removed.length === 0) {
        now += 2 * HOUR;
        await expect(removeCutOffResets(cleanUp, { until: Number.POSITIVE_INFINITY })).rejects.toThrow(
          Killed,
        );
      }
      return store.send(command);
    });
    const { audit_id } = await reset(context);
    const [head, ...others] = under(BASELINE_PARTITION);
    expect([head?.sk, others]).toEqual([audit_id, []]);
    // It planned again, and its head names the chunks of the second attempt.
    expect(removed).not.toContain(`BASELINE#${head?.chunks_id}`);
    expect((await readShownCounters(store.client, TABLES)).get('7')?.packets).toBe(0n);
  });
});

it('splits the boots of a reset into chunks, however much a single boot has counted', async () => {
  const random = seededRandom(1);
  const id = () => Array.from({ length: 128 }, () => String.fromCharCode(33 + random.below(94))).join('');
  const large = () => BigInt(random.below(2 ** 31)) * 2n ** 31n + BigInt(random.below(2 ** 31));
  const pairs = (count: number) =>
    Array.from({ length: count }, () => ({ ...pairOf(id()), packets: large(), bytes: large() }));
  // In one partition, in this order: almost a chunk, then the largest possible boot.
  for (const [part, count] of [1200, 2300].entries()) {
    const data = encodeLane(laneOf('edge-2', part, pairs(count)));
    put({ ...laneKey('edge-2', part), version: 1, data });
  }
  const context = contextWith(command => store.send(command));
  await writeResetBoots(context, 'chunks');
  const boots = await readResetBoots(context, 'chunks', { edge_id: 'edge-2', boot_id: 'boot-1' });
  expect([...boots].map(([part, { policies }]) => [part, policies.size])).toEqual([
    [0, 1200],
    [1, 2300],
  ]);
});

it('never gives a generation of counters an earlier number, also in a restored table', async () => {
  const restored = structuredClone(store.items);
  const begin = async () => {
    const { generation } = await beginBuilding(
      contextWith(command => store.send(command)),
      { actor: ACTOR },
    );
    store = new FakeDynamoDb();
    for (const [key, item] of structuredClone(restored)) store.items.set(key, item);
    return generation;
  };
  const generations = [await begin(), await begin(), await begin()];
  expect(new Set(generations).size).toBe(3);
});
