import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInAtStage } from '../../../../scripts/aws/sign-in.ts';
import { type SignInCalls, signInPerson } from '../../../../scripts/aws/sign-in-person.ts';
import { totpCode } from '../../../../scripts/aws/totp.ts';
import { deployedStacks, PROD_STACKS, recordedAws } from '../../../support/recorded-aws.ts';
import { type SrpCognito, startSrpCognito } from '../../../support/srp-cognito.ts';

const POOL = { user_pool_id: 'pool', user_pool_client_id: 'client' };

/** A Cognito that requires these steps, one after the other. */
function cognito(steps: object[], token: string | undefined = 'token') {
  const given: unknown[] = [];
  const next = () => ({ isSignedIn: false, nextStep: steps.shift() ?? { signInStep: 'DONE' } });
  const calls = {
    signIn: async (input: unknown) => {
      given.push(input);
      return next();
    },
    confirmSignIn: async (input: unknown) => {
      given.push(input);
      return next();
    },
    accessToken: async () => token,
  } as unknown as SignInCalls;
  return { calls, given };
}

const answers = {
  email: 'ann@example.com',
  password: 'first',
  newPassword: async () => 'second',
  code: async (secret?: string) => (secret === undefined ? '111111' : `code of ${secret}`),
};

const refused = (name: string, message: string): SignInCalls =>
  ({ signIn: () => Promise.reject(Object.assign(new Error(message), { name })) }) as unknown as SignInCalls;

describe('signing in at a terminal', () => {
  it('uses SRP, sets a new password, and sets up a second factor', async () => {
    const { calls, given } = cognito([
      { signInStep: 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED' },
      { signInStep: 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP', totpSetupDetails: { sharedSecret: 'SECRET' } },
      { signInStep: 'CONFIRM_SIGN_IN_WITH_TOTP_CODE' },
    ]);
    expect(await signInPerson(POOL, answers, calls)).toBe('token');
    expect(given).toEqual([
      { username: 'ann@example.com', password: 'first', options: { authFlowType: 'USER_SRP_AUTH' } },
      { challengeResponse: 'second' },
      { challengeResponse: 'code of SECRET' },
      { challengeResponse: '111111' },
    ]);
  });

  it.each([
    [
      cognito([{ signInStep: 'CONFIRM_SIGN_IN_WITH_SMS_CODE' }]).calls,
      "The sign-in of ann@example.com requires CONFIRM_SIGN_IN_WITH_SMS_CODE, which this program doesn't support: sign in at the console, and give a token with --token.",
    ],
    [
      refused('NotAuthorizedException', 'Incorrect username or password.'),
      'Signing in as ann@example.com was refused: Incorrect username or password.',
    ],
    [
      refused('CodeMismatchException', 'Invalid code received for user.'),
      'Signing in as ann@example.com was refused: Invalid code received for user. Try again.',
    ],
    [
      refused('NetworkError', 'A network error has occurred.'),
      "The sign-in of AWS can't be reached: check the network of this machine.",
    ],
    [refused('TypeError', 'x is not a function'), 'x is not a function'],
  ])('gives the reason for a refusal (%#)', async (calls, message) => {
    await expect(signInPerson(POOL, answers, calls)).rejects.toHaveProperty('message', message);
  });

  it('prints only the token', async () => {
    let said = '';
    const questions: string[] = [];
    await signInAtStage({ stage: 'prod' }, 'ann@example.com', text => (said += text), {
      cloudformation: recordedAws({ DescribeStacks: deployedStacks(PROD_STACKS) }),
      person: {
        ask: async question => `${questions.push(question)}`,
        askSecret: async question => `${questions.push(question)}`,
      },
      async signInPerson(pool, { email, password, newPassword, code }) {
        expect(pool).toMatchObject({ user_pool_id: 'eu-central-1_pool', user_pool_client_id: 'client' });
        return [email, password, await newPassword(), await code(), await code('SECRET')].join(' ');
      },
    });
    expect(said).toBe('ann@example.com 1 2 3 4\n');
    expect(questions).toEqual([
      'Password of ann@example.com',
      'Replace the first password by a new one of at least 12 characters',
      'Code from the authenticator app',
      'A second factor is required. Enter the key SECRET in an authenticator app, then type its code',
    ]);
  });
});

describe('a sign-in over the wire', () => {
  const claims = { sub: 'user-1', exp: Math.floor(Date.now() / 1000) + 3600, iat: 1, token_use: 'access' };
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const access_token = `${encoded({ alg: 'RS256' })}.${encoded(claims)}.signature`;
  const user_pool_id = 'eu-central-1_aBcDeFgHi';
  let cognito: SrpCognito;

  beforeAll(async () => {
    cognito = await startSrpCognito({
      user_pool_id,
      user_id: 'user-1',
      password: 'the right one',
      access_token,
    });
  });
  afterAll(() => cognito.stop());

  const signIn = (password: string) =>
    signInPerson(
      { user_pool_id, user_pool_client_id: 'client', endpoint: cognito.endpoint },
      { ...answers, password },
    );

  it('proves the password without sending it', async () => {
    await expect(signIn('a wrong one')).rejects.toHaveProperty(
      'message',
      'Signing in as ann@example.com was refused: Incorrect username or password.',
    );
    expect(await signIn('the right one')).toBe(access_token);
    const sent = JSON.stringify(cognito.asked);
    expect([sent.includes('right one'), sent.includes('wrong one')]).toEqual([false, false]);
    expect(cognito.asked.map(({ operation }) => operation)).toEqual([
      ...['InitiateAuth', 'RespondToAuthChallenge', 'InitiateAuth', 'RespondToAuthChallenge'],
    ]);
    expect(cognito.asked[0]!.input).toMatchObject({ AuthFlow: 'USER_SRP_AUTH', ClientId: 'client' });
  });
});

// RFC 6238, appendix B, SHA-1, the last six digits.
it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('computes the code of an authenticator app: at %d s it is %s', (seconds, code) => {
  expect(totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', seconds * 1000)).toBe(code);
});
