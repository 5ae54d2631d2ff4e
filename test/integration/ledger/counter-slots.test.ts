import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { IngestContext } from '../../../core/ingest/ingest-context.ts';
import {
  CounterSlots,
  MAX_COUNTER_SLOTS,
  raiseCounterSlots,
  readCountersHead,
} from '../../../core/ledger/figures/counter-slots.ts';
import {
  readCounters,
  readCountersAfter,
  readCountersOf,
} from '../../../core/ledger/figures/read-counters.ts';
import { resetAllStats, resetPolicyStats } from '../../../core/ledger/figures/reset-stats.ts';
import { readShownCounters } from '../../../core/ledger/figures/shown-counters.ts';
import { counterKey, heardEdgeKey } from '../../../core/ledger/lane-keys.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { type FaultyClient as Faulty, faultyClient } from '../../support/faults.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

type FaultyClient = Faulty<TestTables['client']>;

let db: TestTables;
beforeEach(async () => {
  // As left by a release that stored no number of slots.
  db = await createTables({ slots: 0 });
  return () => db.drop();
});

/** A report of a new edge from this shard, in a deployment with this number of slots. */
async function report(shard: number, slots: number, more: Partial<IngestContext> = {}): Promise<void> {
  const record = reportRecord({
    edge_id: `edge-${shard}`,
    policies: [{ policy_id: '7', packets: 1n, bytes: 100n }],
  });
  const shard_id = `shardId-${String(shard).padStart(12, '0')}`;
  const context = ingestContext({ ...db, slots, ...more });
  expect(await ingest([{ ...record, shard_id }], context)).toEqual([]);
}

async function packets(): Promise<bigint | undefined> {
  const reading: StoreContext = {
    ...{ client: db.client, tables: db.tables, clock: () => 0, sleep: async () => {}, random: () => 0 },
    deadline: 1,
  };
  const ways = [
    await readCounters(db.client, db.tables),
    await readCountersOf(reading, ['7']),
    await readCountersOf(reading, ['1', '2', '3', '7', '8', '9']),
    new Map((await readCountersAfter(reading, { after: undefined, limit: 5 })).counted),
  ].map(counters => counters.get('7')?.packets);
  expect(new Set(ways).size).toBe(1);
  return ways[0];
}

async function stored(): Promise<unknown> {
  const Key = { pk: 'COUNTERS', sk: 'SLOTS' };
  const { Item } = await db.client.send(new GetCommand({ TableName: db.tables.traffic, Key }));
  return Item?.slots;
}

async function isCounted(slot: number): Promise<boolean> {
  const Key = counterKey(slot, '7');
  const { Item } = await db.client.send(new GetCommand({ TableName: db.tables.traffic, Key }));
  return Item !== undefined;
}

function last({ calls }: FaultyClient): string | undefined {
  return calls.at(-1);
}

/** The writes of ingest in an earlier release: counters, and the edge in the list. */
async function countAsBefore(slot: number): Promise<void> {
  for (const Key of [counterKey(slot, '7'), heardEdgeKey(`edge-${slot}`)]) {
    await db.client.send(
      new UpdateCommand({
        TableName: db.tables.traffic,
        Key,
        UpdateExpression: 'ADD packets :one',
        ExpressionAttributeValues: { ':one': 1 },
      }),
    );
  }
}

describe('counts in a slot', () => {
  it('are shown after any later change of the number of slots', async () => {
    for (const [shard, slots, due] of [
      [3, 32, 1n],
      [20, 32, 2n],
      [20 + 16, 16, 3n],
      [31, 16, 4n],
      [63, 64, 5n],
      [40, 16, 6n],
    ] as const) {
      await report(shard, slots);
      expect(await packets(), `shard ${shard} of ${slots} slots`).toBe(due);
    }
    expect(await stored()).toBe(64);
  });

  it.each([[16], [31], [500], [MAX_COUNTER_SLOTS - 1]])(
    'of an earlier release, up to slot %i, are found without a stored number',
    async highest => {
      await countAsBefore(2);
      await countAsBefore(highest);
      expect(await packets()).toBe(2n);
      expect(await stored()).toBe(highest + 1);
    },
  );

  it('of an earlier release are not hidden by the first write of this release', async () => {
    await countAsBefore(50);
    await report(20, 32);
    expect(await packets()).toBe(2n);
    expect(await stored()).toBe(51);
  });

  it('are never written before readers sum the slot', async () => {
    const killed: FaultyClient = faultyClient(db.client, () =>
      last(killed) === 'GetCommand' ? 'killed before' : undefined,
    );
    await expect(report(20, 32, { client: killed.client })).rejects.toThrow();
    // The keys to verify the report, then the number of slots.
    expect(killed.calls).toEqual(['QueryCommand', 'BatchGetCommand', 'GetCommand']);

    const atWrite: unknown[] = [];
    const throttled: FaultyClient = faultyClient(
      db.client,
      () => (throttled.calls.filter(name => name === last(throttled)).length <= 2 ? 'throttled' : undefined),
      async () => {
        if (last(throttled) === 'TransactWriteCommand') atWrite.push([await stored(), await isCounted(20)]);
      },
    );
    await report(20, 32, { client: throttled.client });
    expect(atWrite).toEqual([
      [32, false],
      [32, false],
      [32, false],
    ]);
    expect(await packets()).toBe(1n);
  });

  it('are never written before it is certain that readers sum the slot', async () => {
    const log: string[] = [];
    let others = 0;
    const slow = clientWith(async command => {
      if (command instanceof TransactWriteCommand) log.push('write');
      if (!(command instanceof UpdateCommand)) {
        others++;
        return db.client.send(command as never).finally(() => others--);
      }
      const answer = await db.client.send(command);
      // Until everything that does not wait for this answer has ended.
      for (let idle = 0; idle < 100; idle = others > 0 ? 0 : idle + 1) await new Promise(setImmediate);
      log.push(`${command.input.ExpressionAttributeValues?.[':set_slots']} slots`);
      return answer;
    });
    await report(20, 32, { client: slow });
    expect(log).toEqual(['16 slots', '32 slots', 'write']);
  });

  it('are shown for any order of writers: the number of slots never falls', async () => {
    await raiseCounterSlots(db, 64);
    await raiseCounterSlots(db, 32);
    expect(await stored()).toBe(64);
  });

  it('need no call in the lowest slots, and one check in a container', async () => {
    const covered_slots = new CounterSlots();
    const counting = faultyClient(db.client);
    await report(15, 32, { client: counting.client, covered_slots });
    expect(counting.calls).not.toContain('UpdateCommand');
    await report(16, 32, { client: counting.client, covered_slots });
    const updates = () => counting.calls.filter(name => name === 'UpdateCommand').length;
    const before = updates();
    expect(before).toBeGreaterThan(0);
    await report(31, 32, { client: counting.client, covered_slots });
    expect(updates()).toBe(before);
  });

  it('are shown when a container that covered some slots writes to a higher one', async () => {
    const covered_slots = new CounterSlots();
    await report(20, 32, { covered_slots });
    await report(63, 64, { covered_slots });
    expect(await packets()).toBe(2n);
  });

  it('are covered by resets under another number of slots', async () => {
    await report(20, 32);
    let now = Date.parse('2026-03-01T12:00:00Z');
    const context: StoreContext = {
      ...{ client: db.client, tables: db.tables, sleep: async () => {}, random: () => 0 },
      clock: () => now++,
      deadline: Number.POSITIVE_INFINITY,
    };
    const actor = systemCaller('test');
    const shown = async () => (await readShownCounters(db.client, db.tables)).get('7')?.packets;
    await resetAllStats(context, { actor });
    expect(await shown()).toBe(0n);
    await report(60, 64);
    expect(await shown()).toBe(1n);
    await resetPolicyStats(context, { actor, policy_id: '7', defined: false });
    expect(await shown()).toBe(0n);
  });
});

it('need no read of a thousand slots in a system without edges', async () => {
  const counting = faultyClient(db.client);
  expect(await readCountersHead({ client: counting.client, tables: db.tables })).toMatchObject({ slots: 16 });
  expect(counting.calls.length).toBeLessThanOrEqual(3);
});
