import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

let t: TestTables;
let api: ApiUnderTest;
let id: string;

beforeAll(async () => {
  t = await createTables();
});
afterAll(() => t.drop());

/** A policy that was created, changed and disabled, a second apart. */
beforeEach(async () => {
  api = makeApi(t);
  const match = { protocol: 17, source_cidr: '10.0.0.0/8' };
  id = (await later('createPolicy', { name: 'Voice', priority: 900, match })).id;
  await later('updatePolicy', { id, priority: 800, match: { protocol: 17, destination_port_from: 53 } });
  await later('togglePolicy', { id, enabled: false });
});

async function later(operation: string, args: object) {
  api.now += 1000;
  return api.data(`Mutation.${operation}`, args);
}

const versions = async (args: object = {}) => (await api.data('Query.policyVersions', { id, ...args })).items;
const policy = () => api.data('Query.policy', { id });
const refusal = (type: string, message: string) => ({ error: { type, message } });

describe('policyVersions', () => {
  it('are the changes of the definition, newest first, with the changed fields and the author', async () => {
    const [off, changed, made] = await versions();
    expect(off).toMatchObject({
      ...{ operation: 'togglePolicy', did: null, current: true },
      actor: { email: 'admin@example.com' },
      changes: [{ field: 'enabled', before: 'true', after: 'false' }],
    });
    expect(changed).toMatchObject({
      ...{ operation: 'updatePolicy', current: false },
      changes: [
        { field: 'priority', before: '900', after: '800' },
        { field: 'match.source_cidr', before: '10.0.0.0/8', after: null },
        { field: 'match.destination_port_from', before: null, after: '53' },
      ],
    });
    expect(made).toEqual({
      version: expect.stringMatching(/^[0-9A-Z]{26}$/),
      at: '2026-03-15T12:00:01.000Z',
      ...{ operation: 'createPolicy', did: null, current: false },
      actor: expect.objectContaining({ kind: 'PERSON' }),
      policy: {
        ...{ name: 'Voice', priority: 900, enabled: true, updated_at: '2026-03-15T12:00:01.000Z' },
        match: {
          ...{ protocol: 17, source_cidr: '10.0.0.0/8', destination_cidr: null, source_port: null },
          ...{ destination_port_from: null, destination_port_to: null, application: null },
        },
      },
      changes: [
        { field: 'name', before: null, after: 'Voice' },
        { field: 'priority', before: null, after: '900' },
        { field: 'enabled', before: null, after: 'true' },
        { field: 'match.protocol', before: null, after: '17' },
        { field: 'match.source_cidr', before: null, after: '10.0.0.0/8' },
      ],
    });
  });

  it('include an undo and a deletion, and neither routing, resets nor refused attempts', async () => {
    await later('setPolicyRouting', { policy_id: id, preference: 'LOWEST_COST' });
    await later('resetPolicyStats', { policy_id: id });
    await api.call('Mutation.updatePolicy', { id, name: '' });
    const [{ version }] = await versions();
    await later('undo', { audit_id: version });
    await later('deletePolicy', { id });
    expect(
      (await versions()).map(({ operation, did, policy, current }: Record<string, unknown>) => [
        operation,
        did,
        policy !== null,
        current,
      ]),
    ).toEqual([
      ['deletePolicy', null, false, true],
      ['undo', 'togglePolicy', true, false],
      ['togglePolicy', null, true, false],
      ['updatePolicy', null, true, false],
      ['createPolicy', null, true, false],
    ]);
  });

  it('come page by page', async () => {
    const all = await versions();
    const first = await api.data('Query.policyVersions', { id, limit: 2 });
    expect(first.items).toEqual(all.slice(0, 2));
    const rest = await api.data('Query.policyVersions', { id, limit: 2, next_token: first.next_token });
    expect(rest.items).toEqual(all.slice(2));
  });

  it('show viewers the author without network address and e-mail', async () => {
    const { items } = await api.data('Query.policyVersions', { id }, { identity: personIn('viewer') });
    expect(items[0].actor).toMatchObject({ username: 'admin', email: null, source_ip: null });
  });

  it('are none for an id that never existed', async () => {
    expect(await api.data('Query.policyVersions', { id: 'p-none' })).toEqual({ items: [], next_token: null });
  });

  it.each([
    [{ limit: 101 }, 'limit must be a whole number from 1 to 100.'],
    [
      { next_token: 'x' },
      'next_token is not from this list: leave it out to start at the beginning, or pass the next_token of the previous page unchanged.',
    ],
  ])('reject %j', async (args, message) => {
    expect(await api.call('Query.policyVersions', { id, ...args })).toEqual(
      refusal('ValidationError', message),
    );
  });
});

describe('restorePolicyVersion', () => {
  const restore = async (version: string, args: object = {}) =>
    later('restorePolicyVersion', { id, version, ...args });

  it('restores a version of a definition, creates a version itself, and can be undone', async () => {
    const before = await policy();
    const made = (await versions()).at(-1);
    const { updated_at } = before;
    expect(await restore(made.version, { if_updated_at: updated_at })).toMatchObject({
      name: 'Voice',
      priority: 900,
      enabled: true,
      match: made.policy.match,
    });
    const [newest, ...others] = await versions();
    expect(newest).toMatchObject({ operation: 'restorePolicyVersion', current: true });
    expect(others.map(({ current }: { current: boolean }) => current)).toEqual([false, false, true]);
    await later('undo', { audit_id: newest.version });
    expect(await policy()).toEqual(before);
  });

  it('defines a deleted policy again under its id', async () => {
    const [off] = await versions();
    await later('deletePolicy', { id });
    await restore(off.version);
    expect(await policy()).toMatchObject({
      id,
      defined: true,
      ...off.policy,
      updated_at: expect.any(String),
    });
    const [newest] = await versions();
    await later('undo', { audit_id: newest.version });
    expect(await policy()).toBeNull();
  });

  it('rejects a policy that has changed since it was read', async () => {
    const [{ version }] = await versions();
    const seen = '2026-03-15T12:00:01.000Z';
    expect(await api.call('Mutation.restorePolicyVersion', { id, version, if_updated_at: seen })).toEqual(
      refusal(
        'Conflict',
        `Policy ${id} is not as it was at ${seen}: admin@example.com changed it with togglePolicy at 2026-03-15T12:00:03.000Z. Read it again, and repeat the change if it still fits.`,
      ),
    );
  });

  it('rejects entries that are not versions of the policy, and its deletion', async () => {
    const call = (args: object) => api.call('Mutation.restorePolicyVersion', { id, ...args });
    const none = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
    const notFound = (of: string, version: string) =>
      refusal('NotFound', `Policy ${of} has no version "${version}". Choose one that policyVersions lists.`);
    expect(await call({ version: none })).toEqual(notFound(id, none));
    const [{ version }] = await versions();
    const other = (await later('createPolicy', { name: 'Other', priority: 1 })).id;
    expect(await call({ id: other, version })).toEqual(notFound(other, version));
    await later('deletePolicy', { id });
    const [deletion] = await versions();
    expect(await call({ version: deletion.version })).toEqual(
      refusal(
        'NotFound',
        `Version ${deletion.version} of policy ${id} is its deletion. Choose the version before it.`,
      ),
    );
    expect(await call({ id: 'default', version })).toMatchObject({ error: { type: 'ValidationError' } });
  });
});
