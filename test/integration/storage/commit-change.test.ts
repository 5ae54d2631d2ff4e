import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditAction } from '../../../core/audit/audit-action.ts';
import { Throttled } from '../../../core/errors.ts';
import { commitChange } from '../../../core/storage/commit-change.ts';
import { updateItem } from '../../../core/storage/item-update.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { auditEntries, someChange } from '../../support/audit-entries.ts';
import { FAULTS, type Fault, faultyClient } from '../../support/faults.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const NOW = Date.parse('2026-03-15T12:00:00Z');
const KEY = { pk: 'TEST', sk: 'counter' };

let t: TestTables;
beforeAll(async () => {
  t = await createTables();
});
afterAll(() => t.drop());

/** A change that may be committed any number of times: only its audit entry prevents that. */
function countUp(context: StoreContext): Promise<number> {
  let plans = 0;
  return commitChange(context, async begun => {
    plans += 1;
    return {
      actions: [
        { Update: updateItem({ table: context.tables.network, key: KEY, add: { count: 1 } }) },
        auditAction(context.tables, begun, someChange),
      ],
      result: plans,
    };
  });
}

async function counted(): Promise<number> {
  const { Item } = await t.client.send(new GetCommand({ TableName: t.tables.network, Key: KEY }));
  return Number(Item?.count ?? 0);
}

/** The possible events before a contradictory answer; the outcome is then unknown. */
const GONE: readonly Fault[] = ['killed before', 'killed after'];

describe('a change with an audit entry', () => {
  it.each(FAULTS.flatMap(fault => [0, 1].map(at => ({ fault, at }))))(
    'is committed once or not at all: $fault at call $at',
    async plan => {
      let now = NOW;
      const faulty = faultyClient(t.client);
      faulty.arm(plan);
      const before = { count: await counted(), entries: (await auditEntries(t)).length };
      const context = {
        ...storeContext({ ...t, client: faulty.client }, () => now),
        sleep: async (ms: number) => {
          now += ms + 1;
        },
        deadline: NOW + 100_000,
      };
      const result = await countUp(context).catch(cause => cause as Error);
      await faulty.landAll();
      const count = (await counted()) - before.count;
      const entries = (await auditEntries(t)).length - before.entries;
      expect(entries).toBe(count);
      if (typeof result === 'number') expect(count).toBe(1);
      else if (!GONE.includes(plan.fault)) expect({ result, count }).toMatchObject({ count: 0 });
    },
  );

  it('returns the plan that was written, even if a later one was tried', async () => {
    const faulty = faultyClient(t.client, call =>
      // The attempt of the first plan is lost and lands after that of the second was refused.
      call === 0 ? 'time-out, lands later' : call === 1 ? 'canceled: ConditionalCheckFailed' : undefined,
    );
    const before = await counted();
    const client = {
      ...faulty.client,
      send: async (command: object) => {
        try {
          return await faulty.client.send(command as never);
        } finally {
          if (faulty.calls.length === 2) await faulty.landAll();
        }
      },
    };
    const context = storeContext({ ...t, client: client as unknown as TestTables['client'] }, () => NOW);
    expect(await countUp(context)).toBe(1);
    expect(await counted()).toBe(before + 1);
  });

  it('sets its time in the log just before each attempt', async () => {
    let now = NOW + 1_000_000;
    const faulty = faultyClient(t.client, call => (call < 2 ? 'throttled' : undefined));
    const context = {
      ...storeContext({ ...t, client: faulty.client }, () => now),
      sleep: async () => {
        now += 60_000;
      },
    };
    await countUp(context);
    expect((await auditEntries(t)).at(-1)).toMatchObject({
      started_at: new Date(NOW + 1_000_000).toISOString(),
      at: new Date(NOW + 1_120_000).toISOString(),
    });
  });

  it('is given up at the deadline with advice', async () => {
    const faulty = faultyClient(t.client, () => 'throttled');
    const context = { ...storeContext({ ...t, client: faulty.client }, () => NOW), deadline: NOW };
    await expect(countUp(context)).rejects.toThrow(
      new Throttled('The database is too busy to do this now. Try again in a minute.'),
    );
  });
});
