import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { T0 } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const operator = { identity: personIn('operator') };
const OFFICES = {
  name: 'Offices',
  kind: 'NETWORKS',
  members: ['10.1.0.0/16', '2001:DB8::1/128', '10.1.0.0/16'],
};

describe('named groups', () => {
  let db: TestTables;
  let api: ApiUnderTest;
  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db);
    api.now = T0;
  });
  afterAll(() => db.drop());

  const save = (group: object) => api.call('Mutation.saveNamedGroup', group, operator);
  const saved = (group: object) => {
    api.now += 1000;
    return api.data('Mutation.saveNamedGroup', group, operator);
  };
  const names = async () => (await api.data('Query.namedGroups')).map(({ name }: { name: string }) => name);

  it('are created, replaced by name, and deleted', async () => {
    const offices = await saved(OFFICES);
    expect(offices).toEqual({
      ...OFFICES,
      members: ['10.1.0.0/16', '2001:db8::1'],
      updated_at: new Date(T0 + 1000).toISOString(),
    });
    await saved({ name: 'Mail', kind: 'PORTS', members: ['25', '587', '110-110'] });
    await saved({ ...OFFICES, name: 'offices', members: ['10.2.0.0/16'], if_updated_at: offices.updated_at });
    expect(await api.data('Query.namedGroups')).toMatchObject([
      { name: 'Mail', kind: 'PORTS', members: ['25', '587', '110'] },
      { name: 'offices', kind: 'NETWORKS', members: ['10.2.0.0/16'] },
    ]);
    await api.data('Mutation.deleteNamedGroup', { name: 'OFFICES' }, operator);
    expect(await names()).toEqual(['Mail']);
  });

  it('are restored by undo, unless they have changed since', async () => {
    const undoLast = async (target: string) => {
      api.now += 1000;
      const { items } = await api.data(
        'Query.auditLog',
        { target, limit: 1 },
        { identity: personIn('admin') },
      );
      return api.call('Mutation.undo', { audit_id: items[0].id }, operator);
    };
    await saved({ name: 'Once', kind: 'PORTS', members: ['1'] });
    expect(await undoLast('group:once')).toMatchObject({
      data: { message: 'Group Once is gone, as before the change.' },
    });
    expect(await names()).not.toContain('Once');
    expect(await undoLast('group:once')).toMatchObject({
      data: { message: 'Group Once is as before the change.' },
    });
    expect(await names()).toContain('Once');

    const { items } = await api.data(
      'Query.auditLog',
      { target: 'group:once', limit: 9 },
      { identity: personIn('admin') },
    );
    await saved({ name: 'Once', kind: 'PORTS', members: ['2'] });
    expect(await api.call('Mutation.undo', { audit_id: items[0].id }, operator)).toEqual({
      error: {
        type: 'Conflict',
        message:
          'Group Once was changed since. Undo the later change first, or set the group with saveNamedGroup.',
      },
    });
    api.now += 1000;
    await api.data('Mutation.deleteNamedGroup', { name: 'Once' }, operator);
    expect(await undoLast('group:once')).toMatchObject({
      data: { message: 'Group Once is as before the change.' },
    });
    expect(await names()).toContain('Once');
  });

  it.each([
    [
      { ...OFFICES, name: 'New York' },
      'name must be 1 to 40 letters, digits, dots, hyphens and underscores, the first a letter or a digit.',
    ],
    [{ ...OFFICES, members: [] }, 'members must be 1 to 100 entries.'],
    [
      { ...OFFICES, members: ['10.1'] },
      'members of NETWORKS must be addresses or prefixes such as 10.1.0.0/16 or 2001:db8::/32.',
    ],
    [
      { ...OFFICES, kind: 'PORTS', members: ['70000'] },
      'members of PORTS must be ports or ranges of ports such as 443 or 8000-8100.',
    ],
  ])('%j is rejected', async (group, message) => {
    expect(await save(group)).toEqual({ error: { type: 'ValidationError', message } });
  });

  it('are not changed if they do not exist or have changed since they were read', async () => {
    expect(await api.call('Mutation.deleteNamedGroup', { name: 'nowhere' }, operator)).toEqual({
      error: {
        type: 'NotFound',
        message: 'There is no group "nowhere": the query namedGroups lists those that exist.',
      },
    });
    const seen = { ...OFFICES, name: 'Mail', if_updated_at: '2026-01-01T00:00:00Z' };
    expect(await save(seen)).toMatchObject({
      error: {
        type: 'Conflict',
        message: expect.stringMatching(/^Group Mail is not as it was at 2026-01-01/),
      },
    });
  });

  it('are changed by operators and visible to everyone', async () => {
    const viewer = { identity: personIn('viewer') };
    expect(await api.call('Mutation.saveNamedGroup', OFFICES, viewer)).toMatchObject({
      error: { type: 'Unauthorized' },
    });
    expect(await api.data('Query.namedGroups', {}, viewer)).toEqual(await api.data('Query.namedGroups'));
  });
});
