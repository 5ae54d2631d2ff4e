import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditAction } from '../../../core/audit/audit-action.ts';
import { Conflict, PatronusError } from '../../../core/errors.ts';
import { commitOnce } from '../../../core/storage/commit-once.ts';
import { conditionOf, updateItem } from '../../../core/storage/item-update.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { auditEntries, someChange } from '../../support/audit-entries.ts';
import { FAULTS, faultyClient } from '../../support/faults.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const DAY_MS = 86_400_000;
const USED =
  'client_token "a" was used for another request within a day: use a new one for each new request.';

let t: TestTables;
let now = Date.parse('2026-03-15T12:00:00Z');
let owners = 0;
let owner: string;

beforeAll(async () => {
  t = await createTables();
});
afterAll(() => t.drop());

const contextOf = (client = t.client): StoreContext => ({
  ...storeContext({ ...t, client }, () => now),
  sleep: async ms => {
    now += ms + 1;
  },
  deadline: now + 100_000,
});

interface Asked {
  token?: string | null;
  given?: object;
  operation?: string;
  context?: StoreContext;
}

/** Creates an object without a limit on their number, and returns that number. */
function make({
  token = 'a',
  given = { name: 'x' },
  operation = 'createSite',
  context = contextOf(),
}: Asked) {
  const request = { owner, operation, client_token: token, given };
  return commitOnce(context, request, async begun => {
    const made = await count();
    return {
      actions: [
        { Update: updateItem({ table: t.tables.network, key: keyOfOwner(), add: { count: 1 } }) },
        auditAction(t.tables, begun, someChange),
      ],
      result: { number: made + 1, audit_id: begun.audit_id },
    };
  });
}

const keyOfOwner = () => ({ pk: 'TEST', sk: owner });

async function count(): Promise<number> {
  const { Item } = await t.client.send(
    new GetCommand({ TableName: t.tables.network, Key: keyOfOwner(), ConsistentRead: true }),
  );
  return Number(Item?.count ?? 0);
}

const newOwner = () => {
  owner = `owner-${++owners}`;
};

describe('a request with a token', () => {
  it('is executed once, and returns the same answer again', async () => {
    newOwner();
    const first = await make({});
    expect(first.number).toBe(1);
    expect(await make({})).toEqual(first);
    expect(await count()).toBe(1);
  });

  it('is executed once if many are sent at the same time', async () => {
    newOwner();
    const answers = await Promise.all(Array.from({ length: 8 }, () => make({})));
    expect(await count()).toBe(1);
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
  });

  it('is executed each time without a token', async () => {
    newOwner();
    await make({ token: null });
    expect((await make({ token: null })).number).toBe(2);
  });

  it('is the same with any order of arguments, with or without nulls', async () => {
    newOwner();
    const first = await make({ given: { name: 'x', match: { a: 1, b: 2 }, client_token: 'a' } });
    const second = await make({ given: { location: null, match: { b: 2, a: 1 }, name: 'x' } });
    expect(second).toEqual(first);
  });

  it.each<[string, Asked]>([
    ['other arguments', { given: { name: 'y' } }],
    ['fewer arguments', { given: {} }],
    ['another order in a list', { given: { name: ['x'] } }],
    ['another operation', { operation: 'createPolicy' }],
  ])('is rejected with %s', async (_, asked) => {
    newOwner();
    await make({});
    await expect(make(asked)).rejects.toThrow(new Conflict(USED));
    expect(await count()).toBe(1);
  });

  it('is a different one for another caller, and after a day', async () => {
    newOwner();
    await make({});
    now += DAY_MS - 1;
    expect((await make({})).number).toBe(1);
    now += 2000;
    expect((await make({ given: { name: 'y' } })).number).toBe(2);
    newOwner();
    expect((await make({})).number).toBe(1);
  });

  it('may be sent again with other arguments after a refusal', async () => {
    newOwner();
    const request = { owner, operation: 'createSite', client_token: 'a', given: { name: 'x' } };
    const refused = commitOnce(contextOf(), request, async () => {
      throw new Conflict('No.');
    });
    await expect(refused).rejects.toThrow('No.');
    expect((await make({ given: { name: 'y' } })).number).toBe(1);
  });

  it('returns the answer of its twin if they conflict', async () => {
    newOwner();
    const request = { owner, operation: 'createSite', client_token: 'a', given: { name: 'x' } };
    const once = () =>
      commitOnce(contextOf(), request, async begun => {
        if ((await count()) > 0) throw new Conflict('There is one already.');
        const condition = { expression: 'attribute_not_exists(#pk)' };
        const Item = { ...keyOfOwner(), count: 1 };
        return {
          actions: [
            { Put: { TableName: t.tables.network, Item, ...conditionOf(condition) } },
            auditAction(t.tables, begun, someChange),
          ],
          result: begun.audit_id,
        };
      });
    const answers = await Promise.all(Array.from({ length: 8 }, once));
    expect(new Set(answers).size).toBe(1);
  });

  it.each(FAULTS.flatMap(fault => [0, 1, 2].map(at => ({ fault, at }))))(
    'is executed once if it is sent until an answer arrives: $fault at call $at',
    async plan => {
      newOwner();
      const faulty = faultyClient(t.client);
      faulty.arm(plan);
      const before = (await auditEntries(t)).length;
      const first = await make({ context: contextOf(faulty.client) }).catch(cause => cause as Error);
      await faulty.landAll();
      const second = await make({});
      expect(await count()).toBe(1);
      expect((await auditEntries(t)).length - before).toBe(1);
      if (first instanceof Error) expect(first).not.toBeInstanceOf(Conflict);
      else expect(second).toEqual(first);
      expect(first instanceof Error && first instanceof PatronusError && first.message === USED).toBe(false);
    },
  );
});
