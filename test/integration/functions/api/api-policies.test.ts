import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { counterKey } from '../../../../core/ledger/lane-keys.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

let t: TestTables;
let api: ApiUnderTest;

beforeEach(async () => {
  t = await createTables();
  api = makeApi(t);
  return () => t.drop();
});

const noMatch = {
  source_cidr: null,
  destination_cidr: null,
  source_port: null,
  destination_port_from: null,
  destination_port_to: null,
  protocol: null,
  application: null,
};

const nothingCounted = {
  packets_matched: 0,
  bytes_matched: 0,
  packets_matched_exact: '0',
  bytes_matched_exact: '0',
  estimated_share: 0,
  active_flows: 0,
  rate: null,
  counted_since: null,
};

const defaultPolicy = {
  id: 'default',
  name: 'Default',
  priority: 0,
  enabled: true,
  match: noMatch,
  defined: true,
  built_in: true,
  created_at: null,
  updated_at: null,
  ...nothingCounted,
};

const namesOf = ({ items }: { items: { name: string }[] }): string[] => items.map(({ name }) => name);

async function count(slot: number, policy_id: string, packets: bigint, bytes: bigint, active_flows: number) {
  const Item = { ...counterKey(slot, policy_id), packets, bytes, active_flows };
  await t.client.send(new PutCommand({ TableName: t.tables.traffic, Item }));
}

describe('policies', () => {
  it('are only default at first', async () => {
    expect(await api.data('Query.policies')).toEqual({
      items: [defaultPolicy],
      next_token: null,
      total: 1,
      policies_version: '0',
      as_of: '2026-03-15T12:00:00.000Z',
    });
  });

  it('get ids in order, which are never reused after a deletion', async () => {
    const one = await api.data('Mutation.createPolicy', {
      name: 'Voice',
      priority: 900,
      match: { protocol: 17 },
    });
    await api.data('Mutation.deletePolicy', { id: one.id });
    api.now -= 5000;
    const two = await api.data('Mutation.createPolicy', { name: 'Web', priority: 10, enabled: false });

    expect(one).toEqual({
      id: expect.stringMatching(/^p-[0-9a-z]{26}$/),
      name: 'Voice',
      priority: 900,
      enabled: true,
      match: { ...noMatch, protocol: 17 },
      defined: true,
      built_in: false,
      created_at: '2026-03-15T12:00:00.000Z',
      updated_at: '2026-03-15T12:00:00.000Z',
      ...nothingCounted,
    });
    expect(two).toMatchObject({ enabled: false, match: noMatch });
    expect(two.id > one.id).toBe(true);
    expect((await api.data('Query.policies')).policies_version).toBe('3');
  });

  it('show the counters of all slots, past 2^53 exactly, and unknown ids behind default', async () => {
    const { id } = await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    await count(0, id, 2n ** 53n, 2n ** 60n, 3);
    await count(15, id, 1n, 1n, 4);
    await count(3, 'default', 5n, 6n, 0);
    await count(3, 'left-over', 7n, 8n, 1);

    const { items } = await api.data('Query.policies');

    expect(items).toEqual([
      expect.objectContaining({
        id,
        packets_matched: 2 ** 53,
        packets_matched_exact: '9007199254740993',
        bytes_matched_exact: '1152921504606846977',
        estimated_share: 0,
        active_flows: 7,
      }),
      {
        ...defaultPolicy,
        packets_matched: 5,
        packets_matched_exact: '5',
        bytes_matched: 6,
        bytes_matched_exact: '6',
        estimated_share: 0,
      },
      {
        ...defaultPolicy,
        id: 'left-over',
        name: 'Unknown policy left-over',
        enabled: false,
        defined: false,
        built_in: false,
        packets_matched: 7,
        packets_matched_exact: '7',
        bytes_matched: 8,
        bytes_matched_exact: '8',
        estimated_share: 0,
        active_flows: 1,
      },
    ]);
  });

  it('are paged in matching order, even if they change between pages', async () => {
    const given: string[] = [];
    for (const priority of [5, 900, 5, 0]) {
      given.push((await api.data('Mutation.createPolicy', { name: 'p', priority })).id);
    }
    await count(1, 'z', 1n, 1n, 0);

    const first = await api.data('Query.policies', { limit: 2 });
    await api.data('Mutation.deletePolicy', { id: given[0] });
    const second = await api.data('Query.policies', { limit: 2, next_token: first.next_token });
    const third = await api.data('Query.policies', { limit: 2, next_token: second.next_token });

    const ids = [first, second, third].map(({ items }) => items.map(({ id }: { id: string }) => id));
    expect(ids).toEqual([
      [given[1], given[0]],
      [given[2], given[3]],
      ['default', 'z'],
    ]);
    expect(third.next_token).toBeNull();
  });

  it.each<[object, string[]]>([
    [{}, ['Calls', 'apps', 'Beta', 'Default', 'Unknown policy z-apps']],
    [{ order_by: 'NAME' }, ['apps', 'Beta', 'Calls', 'Default', 'Unknown policy z-apps']],
    [{ order_by: 'UPDATED' }, ['Beta', 'apps', 'Calls', 'Default', 'Unknown policy z-apps']],
    [{ filter: { text: 'APP' } }, ['apps', 'Unknown policy z-apps']],
    [{ filter: { text: 'APP' }, defined_only: true }, ['apps']],
    [{ filter: { enabled: true }, order_by: 'NAME' }, ['apps', 'Calls', 'Default']],
    [{ filter: { enabled: false } }, ['Beta', 'Unknown policy z-apps']],
    [{ filter: { text: 'a', enabled: false } }, ['Beta', 'Unknown policy z-apps']],
    [{ filter: { text: 'nothing' } }, []],
  ])('are filtered and ordered, in full and page by page: %j', async (asked, names) => {
    for (const [name, priority] of [
      ['Calls', 9],
      ['apps', 5],
      ['Beta', 5],
    ] as const) {
      api.now += 1000;
      await api.data('Mutation.createPolicy', { name, priority, enabled: name !== 'Beta' });
    }
    await count(1, 'z-apps', 1n, 1n, 0);
    const whole = await api.data('Query.policies', { ...asked, limit: 1000 });
    expect(namesOf(whole)).toEqual(names);
    const defined = names.filter(name => !name.startsWith('Unknown'));
    expect(whole).toMatchObject({ total: defined.length, next_token: null });
    const paged: string[] = [];
    let next_token: string | null = null;
    do {
      const page = await api.data('Query.policies', { ...asked, limit: 1, next_token });
      expect(page.total).toBe(defined.length);
      paged.push(...namesOf(page));
      next_token = page.next_token;
    } while (next_token !== null);
    expect(paged).toEqual(names);
  });

  it('reject a token of another order', async () => {
    await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    const { next_token } = await api.data('Query.policies', { limit: 1, order_by: 'NAME' });
    expect(await api.call('Query.policies', { limit: 1, next_token })).toMatchObject({
      error: {
        type: 'ValidationError',
        message: expect.stringContaining('next_token is not from this list'),
      },
    });
  });

  it('omit unknown ids for an edge that reads policies to match', async () => {
    await count(1, 'z', 1n, 1n, 0);
    const { items } = await api.data('Query.policies', { defined_only: true }, { identity: machine });
    expect(items).toEqual([defaultPolicy]);
  });

  it('do not read counters that are not selected', async () => {
    const page = await api.data(
      'Query.policies',
      { defined_only: true },
      { selection: ['items', 'items/id'] },
    );
    expect(page.items[0]).not.toHaveProperty('packets_matched');
  });

  it('read counters that are selected under an alias', async () => {
    const page = await api.data(
      'Query.policies',
      { defined_only: true },
      { selection: ['items', 'items/p'] },
    );
    expect(page.items[0]).toMatchObject(nothingCounted);
  });
});

describe('policy', () => {
  it('is found by its id, built in, defined or only counted', async () => {
    const { id } = await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    await count(0, 'gone', 1n, 2n, 0);

    expect(await api.data('Query.policy', { id: 'default' })).toEqual(defaultPolicy);
    expect(await api.data('Query.policy', { id })).toMatchObject({
      id,
      name: 'Voice',
      defined: true,
    });
    expect(await api.data('Query.policy', { id: 'gone' })).toMatchObject({
      defined: false,
      bytes_matched: 2,
    });
    expect(await api.data('Query.policy', { id: 'never' })).toBeNull();
    expect(await api.data('Query.policy', { id: '#META' })).toBeNull();
  });
});

describe('updatePolicy and togglePolicy', () => {
  it('change the given fields, replace match as a whole, and keep the others', async () => {
    const { id } = await api.data('Mutation.createPolicy', {
      name: 'Voice',
      priority: 900,
      match: { protocol: 17, source_port: 5060 },
    });
    api.now += 1000;

    const updated = await api.data('Mutation.updatePolicy', {
      id,
      priority: 800,
      name: null,
      match: { protocol: 6 },
    });
    const toggled = await api.data('Mutation.togglePolicy', { id, enabled: false });

    expect(updated).toMatchObject({
      name: 'Voice',
      priority: 800,
      match: { ...noMatch, protocol: 6 },
      enabled: true,
    });
    expect(updated.updated_at).toBe('2026-03-15T12:00:01.000Z');
    expect(toggled).toMatchObject({
      name: 'Voice',
      priority: 800,
      match: { ...noMatch, protocol: 6 },
      enabled: false,
    });
  });
});

describe('deletePolicy', () => {
  it('keeps the counters under its id', async () => {
    const { id } = await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    await count(0, id, 10n, 20n, 1);

    const result = await api.data('Mutation.deletePolicy', { id });

    expect(result).toEqual({
      success: true,
      message: `Policy ${id} (Voice) is deleted. Its counters are kept and shown under its id.`,
      audit_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
    });
    expect(await api.data('Query.policy', { id })).toMatchObject({
      defined: false,
      packets_matched_exact: '10',
    });
    expect(await api.data('Query.trafficTotals', {}, { selection: ['packets_exact'] })).toMatchObject({
      packets_exact: '10',
    });
  });
});

describe('concurrent changes', () => {
  it('all take effect, one after another, each with its own id and version', async () => {
    const created = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        makeApi(t).data('Mutation.createPolicy', { name: `p${index}`, priority: index }),
      ),
    );
    const page = await api.data('Query.policies', { limit: 100 });

    expect(new Set(created.map(({ id }) => id)).size).toBe(12);
    expect(page.policies_version).toBe('12');
    expect(page.items).toHaveLength(13);
  });
});

describe('bad input', () => {
  const builtIn =
    "Policy default is built in: it matches all traffic that no other policy matches, and it can't be changed. Define a policy with a higher priority instead.";
  const name = 'name must be 1 to 100 characters on one line, without control characters.';
  const priority = 'priority must be a whole number from 0 to 1000.';
  const cidr = 'match.source_cidr must be an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32.';
  const token =
    'next_token is not from this list: leave it out to start at the beginning, or pass the next_token of the previous page unchanged.';
  const limit = 'limit must be a whole number from 1 to 1000.';

  it.each([
    ['Query.policy', { id: '' }, 'id must have 1 to 128 characters.'],
    ['Query.policy', { id: 'x'.repeat(2000) }, 'id must have 1 to 128 characters.'],
    ['Mutation.createPolicy', { name: '', priority: 1 }, name],
    ['Mutation.createPolicy', { name: 'a\u0000b', priority: 1 }, name],
    ['Mutation.createPolicy', { name: 'a'.repeat(101), priority: 1 }, name],
    ['Mutation.createPolicy', { name: 'a', priority: -1 }, priority],
    ['Mutation.createPolicy', { name: 'a', priority: 1001 }, priority],
    ['Mutation.createPolicy', { name: '', priority: 1001 }, `${name} ${priority}`],
    ['Mutation.createPolicy', { name: 'a', priority: 1, match: { source_cidr: '10.0.0.0/33' } }, cidr],
    [
      'Mutation.createPolicy',
      { name: 'a', priority: 1, match: { destination_port_from: 9, destination_port_to: 8 } },
      'match.destination_port_to must not be below destination_port_from.',
    ],
    [
      'Mutation.createPolicy',
      { name: 'a', priority: 1, match: { source_port: 65536 } },
      'match.source_port must be a whole number from 0 to 65535.',
    ],
    [
      'Mutation.createPolicy',
      { name: 'a', priority: 1, match: { protocol: 256 } },
      'match.protocol must be a whole number from 0 to 255.',
    ],
    [
      'Mutation.updatePolicy',
      { id: '1' },
      'Give at least one of name, priority, enabled and match to change.',
    ],
    ['Mutation.updatePolicy', { id: 'default', priority: 5 }, builtIn],
    ['Mutation.togglePolicy', { id: 'default', enabled: false }, builtIn],
    ['Mutation.deletePolicy', { id: 'default' }, builtIn],
    ['Query.policies', { limit: 0 }, limit],
    ['Query.policies', { limit: 1001 }, limit],
    [
      'Query.policies',
      { filter: { text: 'x'.repeat(201) } },
      'filter.text must have at most 200 characters.',
    ],
    ['Query.policies', { next_token: 'nonsense' }, token],
    ['Query.policies', { next_token: Buffer.from('["edges","a"]').toString('base64url') }, token],
    ['Query.policies', { next_token: Buffer.from('["policies","0","x","1"]').toString('base64url') }, token],
  ])('%s %j is rejected with the allowed values', async (operation, args, message) => {
    expect(await api.call(operation, args)).toEqual({ error: { type: 'ValidationError', message } });
    expect((await api.data('Query.policies')).policies_version).toBe('0');
  });

  it.each([
    ['Mutation.updatePolicy', { id: '9', priority: 5 }],
    ['Mutation.togglePolicy', { id: '9', enabled: false }],
    ['Mutation.deletePolicy', { id: '9' }],
  ])('%s of an unknown policy is NotFound', async (operation, args) => {
    const message = 'There is no policy "9": the query policies lists those that exist.';
    expect(await api.call(operation, args)).toEqual({ error: { type: 'NotFound', message } });
  });

  it('a token of another list is rejected', async () => {
    for (const priority of [1, 2]) await api.data('Mutation.createPolicy', { name: 'p', priority });
    const { next_token } = await api.data('Query.policies', { limit: 1 });
    expect(await api.call('Query.edges', { next_token })).toEqual({
      error: { type: 'ValidationError', message: token },
    });
  });
});

describe('limits', () => {
  it('rejects a policy above a thousand', async () => {
    const Item = { pk: 'POLICY', sk: '#META', version: 1000, next_id: 1001, count: 1000, last_change: null };
    await t.client.send(new PutCommand({ TableName: t.tables.network, Item }));
    expect(await api.call('Mutation.createPolicy', { name: 'one more', priority: 1 })).toEqual({
      error: {
        type: 'ValidationError',
        message: "There are 1000 policies, which is the maximum. Delete one that isn't needed.",
      },
    });
  });

  it('never returns half of a change that is being written', async () => {
    const { id } = await api.data('Mutation.createPolicy', { name: 'p', priority: 1 });
    const half = {
      pk: 'POLICY',
      sk: '#META',
      version: 2,
      next_id: 2,
      count: 1,
      last_change: { id, deleted: false },
    };
    await t.client.send(new PutCommand({ TableName: t.tables.network, Item: half }));
    expect(await api.call('Query.policies', {}, { identity: personIn('viewer') })).toEqual({
      error: { type: 'Conflict', message: 'The policies are being changed. Try again in a moment.' },
    });
  });
});
