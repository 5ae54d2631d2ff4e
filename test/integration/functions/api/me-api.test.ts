import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES } from '../../../../core/access/roles.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { EXPECTED_ACCESS } from '../../../support/expected-access.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const AUDIENCES = {
  viewer: ['forAll', 'forPeople'],
  operator: ['forAll', 'forPeople', 'forOperators'],
  admin: ['forAll', 'forPeople', 'forOperators', 'forAdmins'],
} as const;

describe('me', () => {
  let tables: TestTables;
  let api: ApiUnderTest;

  beforeAll(async () => {
    tables = await createTables();
    api = makeApi(tables);
  });
  afterAll(() => tables.drop());

  it.each(['viewer', 'operator', 'admin'] as const)('lists the operations of a %s', async group => {
    const expected = Object.entries(EXPECTED_ACCESS)
      .filter(([, audience]) => (AUDIENCES[group] as readonly string[]).includes(audience))
      .map(([name]) => name.split('.')[1]!)
      .sort();
    expect(await api.data('Query.me', {}, { identity: personIn(group) })).toEqual({
      sub: `sub-of-${group}`,
      email: `${group}@example.com`,
      groups: [group],
      operations: expected,
      preferences: { theme: 'SYSTEM', time_zone: null, units: 'SI', saved_views: [] },
      currency: 'USD',
    });
  });

  it('is consistent with the refused operations', async () => {
    const { operations } = await api.data('Query.me', {}, { identity: personIn('operator') });
    for (const name of Object.keys(ROLES)) {
      const answered = await api.call(name, {}, { identity: personIn('operator') });
      const refused = 'error' in answered && answered.error.type === 'Unauthorized';
      expect([name, refused]).toEqual([name, !operations.includes(name.split('.')[1])]);
    }
  });

  it('looks up an address that the token does not have', async () => {
    const found = makeApi(tables, { identify: async caller => ({ ...caller, email: 'found@example.com' }) });
    const { claims: _, ...identity } = personIn('viewer');
    expect(await found.data('Query.me', {}, { identity })).toMatchObject({ email: 'found@example.com' });
  });

  it.each([
    ['a machine', machine, 'me is for people only: sign in as one of group viewer.'],
    [
      'somebody in no group',
      personIn('none'),
      'me needs group viewer, and you are in no group. Ask an administrator for it.',
    ],
  ])('rejects %s', async (_, identity, message) => {
    expect(await api.call('Query.me', {}, { identity })).toEqual({
      error: { type: 'Unauthorized', message },
    });
  });
});
