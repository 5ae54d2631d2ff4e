import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from 'vitest';
import { type Caller, systemCaller } from '../../../../core/access/caller.ts';
import { makePersons } from '../../../../functions/api/persons.ts';

const person: Caller = { ...systemCaller('sub-1'), kind: 'PERSON', username: 'someone' };

function setUp(respond: () => Promise<unknown>) {
  const asked: unknown[] = [];
  const reported: Error[] = [];
  const cognito = {
    send: (command: { input: unknown }) => {
      asked.push(command.input);
      return respond();
    },
  } as unknown as CognitoIdentityProviderClient;
  const persons = makePersons({ cognito, user_pool_id: 'pool', report: error => reported.push(error) });
  return { asked, reported, ...persons };
}

describe('the e-mail address of a person', () => {
  it('is looked up once and remembered', async () => {
    const { asked, identify } = setUp(async () => ({
      UserAttributes: [
        { Name: 'sub', Value: 's' },
        { Name: 'email', Value: 'someone@example.com' },
      ],
    }));
    const expected = { ...person, email: 'someone@example.com' };
    expect([await identify(person), await identify(person)]).toEqual([expected, expected]);
    expect(asked).toEqual([{ UserPoolId: 'pool', Username: 'someone' }]);
  });

  it.each([
    ['a machine', { ...person, kind: 'MACHINE' as const }],
    ['a person whose token contains it', { ...person, email: 'else@example.com' }],
    ['a person without a user name', { ...person, username: null }],
  ])('is not looked up for %s', async (_, caller) => {
    const { asked, identify } = setUp(async () => ({}));
    expect(await identify(caller)).toEqual(caller);
    expect(asked).toEqual([]);
  });

  it('is omitted when the look-up fails, which is reported and repeated the next time', async () => {
    const { asked, reported, identify } = setUp(() => Promise.reject(new Error('slow')));
    expect([await identify(person), await identify(person)]).toEqual([person, person]);
    expect(reported.map(({ message }) => message)).toEqual(['slow', 'slow']);
    expect(asked).toHaveLength(2);
  });
});

describe('the disabled state of a person', () => {
  it.each([
    [true, false],
    [false, true],
  ])('is read from the user pool: Enabled %s means disabled %s', async (Enabled, expected) => {
    const { asked, identify, isDisabled } = setUp(async () => ({ Enabled }));
    const known = { ...person, email: 'someone@example.com' };
    expect(await isDisabled(known)).toBe(expected);
    await identify(person);
    expect(asked).toHaveLength(1);
  });

  it('is unknown if the user pool does not answer, and the person may proceed', async () => {
    const { isDisabled } = setUp(() => Promise.reject(new Error('slow')));
    expect(await isDisabled(person)).toBe(false);
  });
});
