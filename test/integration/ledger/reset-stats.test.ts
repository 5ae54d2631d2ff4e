import { PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../core/access/caller.ts';
import { baselineChunkPartition } from '../../../core/ledger/figures/baseline-chunks.ts';
import { BASELINE_PARTITION } from '../../../core/ledger/figures/baselines.ts';
import { trafficTotals } from '../../../core/ledger/figures/read-counters.ts';
import { resetAllStats, resetPolicyStats, undoReset } from '../../../core/ledger/figures/reset-stats.ts';
import { RUNNING_RESETS_PARTITION, removeCutOffResets } from '../../../core/ledger/figures/running-resets.ts';
import {
  readShownCounters,
  readShownCountersAfter,
  readShownCountersOf,
} from '../../../core/ledger/figures/shown-counters.ts';
import { counterKey } from '../../../core/ledger/lane-keys.ts';
import { batchPut } from '../../../core/storage/batch-write.ts';
import type { Item } from '../../../core/storage/item.ts';
import { compareKeys } from '../../../core/storage/key-order.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { faultyClient, Killed } from '../../support/faults.ts';
import { withRights } from '../../support/rights/as-function.ts';
import { cancelled } from '../../support/sdk-errors.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

/** As the clean-up does. */
const removeResets = withRights('cleanup', removeCutOffResets);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let db: TestTables;
let now: number;
let context: StoreContext;
const actor: Caller = {
  kind: 'PERSON',
  sub: 'sub-1',
  username: 'ada',
  email: 'ada@example.com',
  groups: ['admin'],
  source_ip: null,
  request_id: null,
};

beforeEach(async () => {
  now = Date.parse('2026-03-01T12:00:00Z');
  db = await createTables();
  context = {
    client: db.client,
    tables: db.tables,
    clock: () => now++,
    sleep: async () => {},
    random: () => 0,
    deadline: Number.POSITIVE_INFINITY,
  };
});
afterEach(() => db.drop());

async function count(policy_id: string, slot: number, packets: bigint): Promise<void> {
  await db.client.send(
    new UpdateCommand({
      TableName: db.tables.traffic,
      Key: counterKey(slot, policy_id),
      UpdateExpression: 'ADD packets :packets, bytes :bytes, active_flows :flows',
      ExpressionAttributeValues: { ':packets': packets, ':bytes': packets * 100n, ':flows': 1 },
    }),
  );
}

/** Counts 1, 2, 3, … packets under these ids. */
async function countAll(ids: readonly string[], slot = 0): Promise<void> {
  const items = ids.map((id, index) => ({
    ...counterKey(slot, id),
    packets: index + 1,
    bytes: (index + 1) * 100,
    active_flows: 0,
  }));
  await batchPut(items, { client: db.client, table: db.tables.traffic, sleep: async () => {} });
}

async function shown(): Promise<Map<string, bigint>> {
  const counters = await readShownCounters(db.client, db.tables);
  return new Map(Array.from(counters, ([id, { packets }]) => [id, packets]));
}

/** The same figures from queries that read less than everything. */
async function shownInPages(): Promise<Map<string, bigint>> {
  const found = new Map<string, bigint>();
  let after: string | undefined;
  for (let more = true; more; ) {
    const page = await readShownCountersAfter(context, { after, limit: 7 });
    const ids = page.counted.map(([id]) => id);
    expect(ids).toEqual([...ids].sort(compareKeys));
    const ofThese = await readShownCountersOf(context, ids);
    for (const [id, counts] of page.counted) {
      expect(ofThese.get(id)).toEqual(counts);
      found.set(id, counts.packets);
    }
    after = ids.at(-1);
    more = page.more;
  }
  return found;
}

async function itemsUnder(pk: string): Promise<Item[]> {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    }),
  );
  return Items;
}

/**
 * Ids with a meaning in JavaScript, in DynamoDB or in earlier releases, and ids that people may
 * type.
 */
const ODD_IDS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '*',
  ' ',
  '#META',
  'all',
  'default',
  'other',
  '0',
  'سياسة',
  '\u202eright-to-left',
  '\ue000 private',
  '😀',
  '\uffff',
  'x'.repeat(128),
  '€'.repeat(128),
];

describe('a reset', () => {
  it('shows counts since the newest reset that was not undone, also past 2^53', async () => {
    const huge = 2n ** 60n + 1n;
    await count('1', 0, huge);
    await count('1', 5, 10n);
    await count('2', 0, 7n);

    const first = await resetPolicyStats(context, { actor, policy_id: '1', defined: true });
    expect(Object.fromEntries(await shown())).toEqual({ 1: 0n, 2: 7n });
    await count('1', 1, 3n);
    const all = await resetAllStats(context, { actor });
    expect(all.policies).toBe(2);
    await count('2', 2, 1n);
    await count('3', 2, 9n);
    expect(Object.fromEntries(await shown())).toEqual({ 1: 0n, 2: 1n, 3: 9n });

    await undoReset(context, { actor, audit_id: all.audit_id });
    expect(Object.fromEntries(await shown())).toEqual({ 1: 3n, 2: 8n, 3: 9n });
    await undoReset(context, { actor, audit_id: first.audit_id });
    expect(Object.fromEntries(await shown())).toEqual({ 1: huge + 13n, 2: 8n, 3: 9n });

    await expect(undoReset(context, { actor, audit_id: first.audit_id })).rejects.toThrow(
      `The reset ${first.audit_id} was undone already.`,
    );
  });

  it('rejects an id that was never defined or counted', async () => {
    await expect(resetPolicyStats(context, { actor, policy_id: '99', defined: false })).rejects.toThrow(
      'There is no policy "99": the query policies lists those that exist.',
    );
    await expect(undoReset(context, { actor, audit_id: 'nope' })).rejects.toThrow(
      'No reset has the audit id "nope".',
    );
  });

  it.each(ODD_IDS)('of policy %j affects no other policy', async id => {
    await countAll(ODD_IDS);
    const before = await shown();
    const { audit_id } = await resetPolicyStats(context, { actor, policy_id: id, defined: false });
    expect(await shown()).toEqual(new Map([...before, [id, 0n]]));
    expect(await undoReset(context, { actor, audit_id })).toMatchObject({
      covers: { all: false, policy_id: id },
    });
    expect(await shown()).toEqual(before);
  });

  it('covers all ids in every query of their counts', async () => {
    const id = fc.oneof(
      fc.constantFrom(...ODD_IDS),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(id, { minLength: 1, maxLength: 60 }), async given => {
        const ids = given.filter(text => text.isWellFormed());
        const t = db;
        db = await createTables();
        context = { ...context, client: db.client, tables: db.tables };
        try {
          await countAll(ids);
          const { audit_id } = await resetAllStats(context, { actor });
          // Another slot is denser in some places than the first: pages end in different places.
          const again = ids.filter((_, index) => index % 3 === 0);
          await countAll(again, 3);
          const more = new Map(again.map((text, index) => [text, BigInt(index + 1)]));
          const due = new Map(ids.map(text => [text, more.get(text) ?? 0n]));
          expect(await shown()).toEqual(due);
          expect(await shownInPages()).toEqual(due);
          await undoReset(context, { actor, audit_id });
          const whole = ids.map((text, index) => [text, due.get(text)! + BigInt(index + 1)] as const);
          expect(await shown()).toEqual(new Map(whole));
        } finally {
          await db.drop();
          db = t;
          context = { ...context, client: db.client, tables: db.tables };
        }
      }),
      { numRuns: 5 },
    );
  });
});

describe('a reset of more policies than an item holds', () => {
  const ids = Array.from({ length: 6000 }, (_, index) => `${'€'.repeat(120)}-${index}`);

  it('covers all of them, and is undone as a whole', async () => {
    await countAll(ids);
    const { audit_id, policies } = await resetAllStats(context, { actor });
    expect(policies).toBe(6000);
    await count(ids[4321]!, 2, 5n);
    const counters = await readShownCounters(db.client, db.tables);
    expect(trafficTotals(counters).packets).toBe(5n);
    expect((await readShownCountersOf(context, [ids[4321]!])).get(ids[4321]!)?.packets).toBe(5n);
    const apart = [ids[0]!, ids[1234]!, ids[4321]!, ids[5999]!];
    const ofThese = await readShownCountersOf(context, apart);
    expect(apart.map(id => ofThese.get(id)?.packets)).toEqual([0n, 0n, 5n, 0n]);
    expect(await itemsUnder(RUNNING_RESETS_PARTITION)).toEqual([]);
    await undoReset(context, { actor, audit_id });
    expect(trafficTotals(await readShownCounters(db.client, db.tables)).packets).toBe(
      (6000n * 6001n) / 2n + 5n,
    );
  });
});

describe('an interrupted reset', () => {
  const ids = Array.from({ length: 1200 }, (_, index) => `policy-${index}`);

  it('shows nothing or everything after any call, and clean-up removes the rest', async () => {
    await countAll(ids);
    const whole = trafficTotals(await readShownCounters(db.client, db.tables)).packets;
    const quiet = faultyClient(db.client);
    await resetAllStats({ ...context, client: quiet.client }, { actor }).then(({ audit_id }) =>
      undoReset(context, { actor, audit_id }),
    );
    // Nothing changes between consecutive reads: the first and the last one of a row represent all
    // of them.
    const { calls } = quiet;
    const standing = [...calls.keys()].filter(
      at => calls[at] !== calls[at - 1] || calls[at] !== calls[at + 1],
    );
    for (const call of standing) {
      for (const fault of ['killed before', 'killed after'] as const) {
        const { client } = faultyClient(db.client, at => (at === call ? fault : undefined));
        await expect(resetAllStats({ ...context, client }, { actor })).rejects.toThrow(Killed);
        const landed = call === calls.length - 1 && fault === 'killed after';
        const { packets } = trafficTotals(await readShownCounters(db.client, db.tables));
        expect(packets, `${fault} call ${call}`).toBe(landed ? 0n : whole);
      }
    }
    const left = await itemsUnder(RUNNING_RESETS_PARTITION);
    expect(left.length).toBeGreaterThan(0);
    expect(await removeResets(context, { until: Number.POSITIVE_INFINITY })).toEqual({
      removed: 0,
      chunks: 0,
    });
    now += 5 * MINUTE;
    const { removed } = await removeResets(context, { until: Number.POSITIVE_INFINITY });
    expect(removed).toBe(left.length);
    expect(await itemsUnder(RUNNING_RESETS_PARTITION)).toEqual([]);
    for (const { sk } of left) expect(await itemsUnder(baselineChunkPartition(String(sk)))).toEqual([]);
    // The reset that was written is complete.
    expect(trafficTotals(await readShownCounters(db.client, db.tables)).packets).toBe(0n);
  });

  it('cannot be completed once clean-up has begun to remove it', async () => {
    await countAll(ids);
    let pausedOnce = false;
    const { client } = faultyClient(
      db.client,
      () => undefined,
      async () => {
        const [running] = await itemsUnder(RUNNING_RESETS_PARTITION);
        if (!running || pausedOnce) return;
        pausedOnce = true;
        now += 2 * HOUR;
        expect((await removeResets(context, { until: Number.POSITIVE_INFINITY })).removed).toBe(1);
      },
    );
    // It plans again under another id, and that one is complete.
    const { audit_id } = await resetAllStats({ ...context, client }, { actor });
    expect(pausedOnce).toBe(true);
    expect((await itemsUnder(BASELINE_PARTITION)).map(({ sk }) => sk)).toEqual([audit_id]);
    expect(trafficTotals(await readShownCounters(db.client, db.tables)).packets).toBe(0n);
  });
});

describe('a reset that plans again', () => {
  it('uses the policies of its last attempt', async () => {
    await countAll(['5']);
    let refused = false;
    const send = async (command: object) => {
      if (command instanceof TransactWriteCommand && !refused) {
        refused = true;
        await countAll(['1']);
        throw cancelled('ConditionalCheckFailed');
      }
      return db.client.send(command as never);
    };
    const client = clientWith(send as (command: unknown) => Promise<unknown>);
    const { policies } = await resetAllStats({ ...context, client }, { actor });
    expect(policies).toBe(2);
    expect(Object.fromEntries(await shown())).toEqual({ 1: 0n, 5: 0n });
  });
});

describe('resets of earlier releases', () => {
  it('still apply, for one policy and for all, and can be undone', async () => {
    await countAll(['1', '2', '3']);
    const old = (sk: string, covers: string, policies: object) => ({
      ...{ pk: BASELINE_PARTITION, sk, at: now, covers, policies, undone: false },
    });
    const all = old('01JAAAAAAAAAAAAAAAAAAAAAAA', '*', {
      1: { packets: 1, bytes: 100 },
      2: { packets: 1, bytes: 1 },
    });
    const one = old('01JBBBBBBBBBBBBBBBBBBBBBBB', '2', { 2: { packets: 2, bytes: 200 } });
    for (const Item of [all, one])
      await db.client.send(new PutCommand({ TableName: db.tables.traffic, Item }));
    expect(Object.fromEntries(await shown())).toEqual({ 1: 0n, 2: 0n, 3: 3n });
    await undoReset(context, { actor, audit_id: one.sk });
    expect(Object.fromEntries(await shown())).toEqual({ 1: 0n, 2: 1n, 3: 3n });
    expect(await undoReset(context, { actor, audit_id: all.sk })).toMatchObject({ covers: { all: true } });
    expect(Object.fromEntries(await shown())).toEqual({ 1: 1n, 2: 2n, 3: 3n });
  });
});
