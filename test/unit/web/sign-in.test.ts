import { fetchAuthSession, signOut } from 'aws-amplify/auth';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { totpCode } from '../../../scripts/aws/totp.ts';
import { configureSession } from '../../../web/session/session.ts';
import { isOver, signInProblem } from '../../../web/session/sign-in-problem.ts';
import { type SignInStep, type Typed, takeStep } from '../../../web/session/sign-in-step.ts';
import { CloudSignIn, type CloudSignInOptions } from '../../support/cloud-sign-in/cloud-sign-in.ts';

const OUTPUTS = {
  version: '1.4',
  auth: {
    aws_region: 'eu-central-1',
    user_pool_id: 'eu-central-1_Abc',
    user_pool_client_id: 'console',
    username_attributes: ['email'],
  },
  data: {
    url: 'https://api.example/graphql',
    aws_region: 'eu-central-1',
    default_authorization_type: 'AMAZON_COGNITO_USER_POOLS',
    authorization_types: [],
  },
};
const EMAIL = 'eve@example.com';
const PASSWORD = 'Correct-Horse-9';
const CREDENTIALS: SignInStep = { is: 'CREDENTIALS' };

let cloud: CloudSignIn;

/** The console's own code with the real Amplify client, against Cognito's sign-in of the cloud. */
async function useCloud(options: Pick<CloudSignInOptions, 'people' | 'mfa'>): Promise<void> {
  cloud = new CloudSignIn({ ...options, pool_id: OUTPUTS.auth.user_pool_id, tokensOf });
  vi.stubGlobal('fetch', async (url: string | URL, { headers, body }: RequestInit = {}) => {
    if (String(url) === '/amplify_outputs.json') return Response.json(OUTPUTS);
    expect(String(url)).toBe('https://cognito-idp.eu-central-1.amazonaws.com/');
    const answer = cloud.answer(new Headers(headers).get('x-amz-target')!, String(body));
    return new Response(answer.body, { status: answer.status });
  });
  await configureSession();
}

function tokensOf(email: string) {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const times = { iat: 1_000_000_000, exp: 4_000_000_000 };
  const token = [
    part({ alg: 'RS256' }),
    part({ sub: 'u-1', email, username: 'u-1', ...times }),
    'signed',
  ].join('.');
  return { AccessToken: token, IdToken: token, ExpiresIn: 3600, TokenType: 'Bearer' };
}

async function problemOf(step: SignInStep, typed: Typed): Promise<string> {
  const cause = await takeStep(step, typed).then(
    () => undefined,
    (error: unknown) => error,
  );
  return signInProblem(cause, step);
}

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 29, 12) }));
afterEach(async () => {
  await signOut();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('signing in to the cloud from the console', () => {
  it('uses SRP: no request has the password', async () => {
    await useCloud({ people: { [EMAIL]: { password: PASSWORD } }, mfa: 'OPTIONAL' });
    expect(await takeStep(CREDENTIALS, { email: EMAIL, password: PASSWORD })).toEqual({ is: 'DONE' });
    const { tokens } = await fetchAuthSession();
    expect(tokens?.accessToken.payload.sub).toBe('u-1');
    expect(cloud.received.join()).toContain('USER_SRP_AUTH');
    expect(cloud.received.join()).not.toContain(PASSWORD);
  });

  it('fails with another password', async () => {
    await useCloud({ people: { [EMAIL]: { password: PASSWORD } }, mfa: 'OPTIONAL' });
    expect(await problemOf(CREDENTIALS, { email: EMAIL, password: 'Wrong-Horse-9' })).toBe(
      'The e-mail address or the password is wrong. Check both, then try again.',
    );
  });

  it('sets a new password and a second factor at the first time if both are required', async () => {
    await useCloud({ people: { [EMAIL]: { password: 'First-Horse-9', invited: true } }, mfa: 'ON' });
    const invited = await takeStep(CREDENTIALS, { email: EMAIL, password: 'First-Horse-9' });
    expect(invited).toEqual({ is: 'NEW_PASSWORD' });
    const setup = await takeStep(invited, { new_password: PASSWORD });
    expect(setup).toEqual({
      is: 'TOTP_SETUP',
      secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      uri: `otpauth://totp/Patronus:${EMAIL}?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Patronus`,
    });
    const { secret } = setup as Extract<SignInStep, { is: 'TOTP_SETUP' }>;
    expect(await problemOf(setup, { code: '000000' })).toBe(
      'The code is wrong. Type the code that the app shows now. The clock of its device must be correct.',
    );
    const code = totpCode(secret, Date.now());
    // As apps show it.
    const typed = `${code.slice(0, 3)} ${code.slice(3)}`;
    expect(await takeStep(setup, { code: typed })).toEqual({ is: 'DONE' });

    const again = await takeStep(CREDENTIALS, { email: EMAIL, password: PASSWORD });
    expect(again).toEqual({ is: 'TOTP_CODE' });
    expect(await takeStep(again, { code })).toEqual({ is: 'DONE' });
  });

  it('starts again if a step took too long', async () => {
    const secret = 'JBSWY3DPEHPK3PXP';
    await useCloud({ people: { [EMAIL]: { password: PASSWORD, secret } }, mfa: 'ON' });
    const step = await takeStep(CREDENTIALS, { email: EMAIL, password: PASSWORD });
    await useCloud({ people: { [EMAIL]: { password: PASSWORD, secret } }, mfa: 'ON' });
    const cause = await takeStep(step, { code: totpCode(secret, Date.now()) }).catch(
      (error: unknown) => error,
    );
    expect(isOver(cause, step)).toBe(true);
    expect(signInProblem(cause, step)).toBe('That took too long. Sign in again.');
  });
});

describe('a failed sign-in', () => {
  it.each([
    [
      CREDENTIALS,
      'NotAuthorizedException',
      'User is disabled.',
      'Your account is disabled: ask an administrator to enable it.',
    ],
    [
      CREDENTIALS,
      'NotAuthorizedException',
      'Temporary password has expired and must be reset by an administrator.',
      'Your invitation has expired: ask an administrator for a new one.',
    ],
    [
      CREDENTIALS,
      'NotAuthorizedException',
      'Password attempts exceeded',
      'Too many attempts. Wait a few minutes, then try again.',
    ],
    [
      { is: 'FORGOTTEN' },
      'NotAuthorizedException',
      'User password cannot be reset in the current state.',
      'This password cannot be reset. If you have never signed in, ask an administrator for a new invitation.',
    ],
    [
      { is: 'RESET_CODE', email: EMAIL },
      'CodeMismatchException',
      'Invalid verification code provided, please try again.',
      'This is not the code from the mail. Check it, then try again.',
    ],
    [
      { is: 'RESET_CODE', email: EMAIL },
      'ExpiredCodeException',
      'Invalid code provided, please request a code again.',
      'This code has expired. Request a new one.',
    ],
    [
      { is: 'NEW_PASSWORD' },
      'InvalidPasswordException',
      'Password did not conform with policy: Password not long enough.',
      'Password did not conform with policy: Password not long enough. Choose another password.',
    ],
    [
      { is: 'TOTP_CODE' },
      'NetworkError',
      'A network error has occurred.',
      'The sign-in cannot be reached. Check the connection, then try again.',
    ],
  ] as [SignInStep, string, string, string][])('is explained at %o: %s %s', (step, name, message, said) => {
    expect(signInProblem(Object.assign(new Error(message), { name }), step)).toBe(said);
  });
});
