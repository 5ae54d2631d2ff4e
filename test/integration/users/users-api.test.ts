import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Throttled } from '../../../core/errors.ts';
import type { User } from '../../../core/users/user.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { type MemoryDirectory, memoryDirectory, userNamed } from '../../support/memory-directory.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const PEOPLE: User[] = [
  userNamed('ann', { groups: ['admin'] }),
  userNamed('ben', { groups: ['admin'] }),
  userNamed('cleo', { groups: ['viewer', 'operator'] }),
  userNamed('dan', { groups: ['viewer'], status: 'INVITED' }),
];

describe('users', () => {
  let tables: TestTables | undefined;
  let directory: MemoryDirectory;
  let api: ApiUnderTest;

  beforeEach(async () => {
    await tables?.drop();
    tables = await createTables();
    directory = memoryDirectory(PEOPLE);
    api = makeApi(tables, { directory });
  });
  afterAll(() => tables?.drop());

  const user = (id: string) => directory.users.find(each => each.id === id)!;
  const groupsOf = (id: string) => user(id).groups;
  const lastEntry = async () => (await api.data('Query.auditLog', { limit: 1 })).items[0];
  const setGroups = (user_id: string, groups: unknown) =>
    api.call('Mutation.setUserGroups', { user_id, groups });
  const setEnabled = (user_id: string, enabled: boolean) =>
    api.call('Mutation.setUserEnabled', { user_id, enabled });

  it('are listed in pages', async () => {
    const first = await api.data('Query.users', { limit: 3 });
    expect(first.items.map(({ id }: User) => id)).toEqual(['ann', 'ben', 'cleo']);
    const second = await api.data('Query.users', { limit: 3, next_token: first.next_token });
    expect(second).toEqual({ items: [PEOPLE[3]], next_token: null });
    expect(await api.call('Query.users', { limit: 61 })).toEqual({
      error: { type: 'ValidationError', message: 'limit must be a whole number from 1 to 60.' },
    });
  });

  it('are invited into groups, with the author in the audit log', async () => {
    const { audit_id, user: invited } = await api.data('Mutation.inviteUser', {
      email: ' eve@example.com ',
      groups: ['operator', 'viewer'],
    });
    expect(invited).toMatchObject({
      email: 'eve@example.com',
      status: 'INVITED',
      groups: ['viewer', 'operator'],
    });
    expect(await lastEntry()).toMatchObject({
      id: audit_id,
      operation: 'inviteUser',
      actor: { email: 'admin@example.com' },
      target: 'user:eve',
      target_name: 'eve@example.com',
      before: null,
      undoable_until: null,
    });
  });

  it('are invited again if they have not signed in yet', async () => {
    await api.data('Mutation.inviteUser', { email: 'dan@example.com', groups: ['operator'] });
    expect(directory.calls).toEqual([
      'invite dan@example.com',
      'addToGroup dan operator',
      'removeFromGroup dan viewer',
    ]);
  });

  it.each([
    [
      'a person with an account',
      { email: 'cleo@example.com', groups: ['viewer'] },
      'Conflict',
      '"cleo@example.com" has an account. Change its groups with setUserGroups.',
    ],
    [
      'no address',
      { email: 'eve', groups: ['viewer'] },
      'ValidationError',
      'email must be an e-mail address of at most 254 characters, such as ann@example.com.',
    ],
    [
      'no group',
      { email: 'eve@example.com', groups: [] },
      'ValidationError',
      'groups must be one or more of viewer, operator, admin, each once.',
    ],
    [
      'a group twice',
      { email: 'eve@example.com', groups: ['viewer', 'viewer'] },
      'ValidationError',
      'groups must be one or more of viewer, operator, admin, each once.',
    ],
  ])('an invitation of %s is rejected', async (_, given, type, message) => {
    expect(await api.call('Mutation.inviteUser', given)).toEqual({ error: { type, message } });
    expect(directory.calls).toEqual([]);
    // The turn was released.
    await api.data('Mutation.inviteUser', { email: 'eve@example.com', groups: ['viewer'] });
  });

  it('are moved to other groups, disabled and enabled; undo reverts this once', async () => {
    const { audit_id } = await api.data('Mutation.setUserGroups', { user_id: 'cleo', groups: ['admin'] });
    expect(groupsOf('cleo')).toEqual(['admin']);
    api.now += 1000;
    expect(await api.data('Mutation.undo', { audit_id })).toMatchObject({
      success: true,
      message: 'cleo@example.com is as before the change.',
    });
    expect(groupsOf('cleo').toSorted()).toEqual(['operator', 'viewer']);
    expect(await lastEntry()).toMatchObject({ operation: 'undo', did: 'setUserGroups', undoes: audit_id });

    const disabled = await api.data('Mutation.setUserEnabled', { user_id: 'cleo', enabled: false });
    expect(user('cleo').enabled).toBe(false);
    await api.data('Mutation.setUserEnabled', { user_id: 'cleo', enabled: true });
    expect(await api.call('Mutation.undo', { audit_id: disabled.audit_id })).toEqual({
      error: { type: 'Conflict', message: 'cleo@example.com was changed again since. Undo that first.' },
    });
  });

  it('include an administrator who can sign in after any change', async () => {
    const refusal = (name: string) => ({
      error: {
        type: 'Conflict',
        message: `"${name}@example.com" is the last administrator who can sign in. Make another user an administrator first.`,
      },
    });
    await api.data('Mutation.setUserEnabled', { user_id: 'ben', enabled: false });
    // An invited person may never sign in.
    await api.data('Mutation.setUserGroups', { user_id: 'dan', groups: ['admin'] });
    expect(await setEnabled('ann', false)).toEqual(refusal('ann'));
    expect(await setGroups('ann', ['operator'])).toEqual(refusal('ann'));
    expect(user('ann')).toEqual(PEOPLE[0]);
    await api.data('Mutation.setUserEnabled', { user_id: 'ben', enabled: true });
    await api.data('Mutation.setUserGroups', { user_id: 'ann', groups: ['operator'] });
    expect(await setEnabled('ben', false)).toEqual(refusal('ben'));
  });

  it('include one administrator after two have removed each other at the same time', async () => {
    const answers = await Promise.all([setEnabled('ann', false), setEnabled('ben', false)]);
    expect(answers.filter(answered => 'error' in answered)).toHaveLength(1);
    expect(['ann', 'ben'].filter(id => user(id).enabled)).toHaveLength(1);
  });

  it('are changed by one request at a time, and an interrupted change is completed by the next, under its original author', async () => {
    directory.addToGroup = () => Promise.reject(new Throttled('The user pool is too busy.'));
    const identity = { ...personIn('admin'), sub: 'sub-of-first', claims: { email: 'first@example.com' } };
    await api.call('Mutation.setUserGroups', { user_id: 'cleo', groups: ['admin'] }, { identity });
    directory.addToGroup = async (id, group) => void user(id).groups.push(group);
    expect(await setEnabled('dan', false)).toEqual({
      error: {
        type: 'Conflict',
        message: 'Another change of users is running. Try again in a moment.',
      },
    });
    api.now += 60_000;
    await api.data('Mutation.setUserEnabled', { user_id: 'dan', enabled: false });
    expect(groupsOf('cleo')).toEqual(['admin']);
    const { items } = await api.data('Query.auditLog');
    const done = items.filter(({ outcome }: { outcome: string }) => outcome === 'DONE');
    const inWords = done.map(
      ({ operation, actor, target }: { operation: string; actor: { email: string }; target: string }) =>
        `${operation} of ${target} by ${actor.email}`,
    );
    expect(inWords.toSorted()).toEqual([
      'setUserEnabled of user:dan by admin@example.com',
      'setUserGroups of user:cleo by first@example.com',
    ]);
  });

  it('are NotFound if they do not exist', async () => {
    expect(await setEnabled('eve', false)).toEqual({
      error: {
        type: 'NotFound',
        message: 'There is no user "eve": the query users lists those that exist.',
      },
    });
  });

  it('cannot change anything with an old token while they are disabled', async () => {
    const disabled = makeApi(tables!, { directory, isDisabled: async () => true });
    expect(await disabled.call('Mutation.setUserEnabled', { user_id: 'cleo', enabled: false })).toEqual({
      error: {
        type: 'Unauthorized',
        message: 'Your account is disabled: ask an administrator to enable it.',
      },
    });
    expect(directory.calls).toEqual([]);
  });
});
