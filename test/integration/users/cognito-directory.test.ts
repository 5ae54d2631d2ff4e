import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { cognitoDirectory } from '../../../core/users/cognito-directory.ts';
import type { UserDirectory } from '../../../core/users/user-directory.ts';
import { callCognito } from '../../../local/aws/cognito-call.ts';
import type { PeopleMail } from '../../../local/engines/cognito.ts';
import { makeAdmin } from '../../../scripts/aws/make-admin.ts';
import { type LocalSignIn, PASSWORD, startLocalSignIn } from '../../support/gateway/local-sign-in.ts';
import { deployedStacks, recordedAws } from '../../support/recorded-aws.ts';
import { withRights } from '../../support/rights/as-function.ts';

describe('the people of a Cognito user pool', () => {
  const mails: PeopleMail[] = [];
  let signIn: LocalSignIn;
  let client: CognitoIdentityProviderClient;
  let directory: UserDirectory;

  beforeAll(async () => {
    signIn = await startLocalSignIn(['viewer', 'operator', 'admin'], { onMail: mail => mails.push(mail) });
    const { endpoint } = signIn;
    client = new CognitoIdentityProviderClient({
      ...{ endpoint, region: 'eu-central-1', credentials: LOCAL_CREDENTIALS },
    });
    vi.stubEnv('USER_POOL_ID', signIn.poolId);
    client.send = withRights('api', client.send.bind(client) as () => Promise<never>);
    directory = cognitoDirectory(client, signIn.poolId);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    client.destroy();
    await signIn.stop();
  });

  const initiate = (AuthFlow: string, AuthParameters: Record<string, string>) =>
    callCognito<{ ChallengeName?: string; AuthenticationResult?: { RefreshToken: string } }>(
      signIn.endpoint,
      'InitiateAuth',
      { AuthFlow, ClientId: signIn.clientId, AuthParameters },
    );
  const enter = (USERNAME: string, given: string) =>
    initiate('USER_PASSWORD_AUTH', { USERNAME, PASSWORD: given });
  const adminsNow = async () => {
    const addresses: (string | null)[] = [];
    for await (const { email } of directory.inGroup('admin')) addresses.push(email);
    return addresses;
  };

  it('are listed in pages with their groups', async () => {
    const first = await directory.list({ limit: 2, token: null });
    const second = await directory.list({ limit: 2, token: first.next_token });
    expect(second.next_token).toBeNull();
    expect([...first.users, ...second.users].map(({ email, groups }) => [email, groups]).toSorted()).toEqual([
      ['admin@example.com', ['admin']],
      ['operator@example.com', ['operator']],
      ['viewer@example.com', ['viewer']],
    ]);
    expect(first.users[0]).toMatchObject({ status: 'ACTIVE', enabled: true, mfa: false });
    await expect(directory.list({ limit: 2, token: 'x' })).rejects.toThrow(
      'next_token must be one that the query users has answered.',
    );
  });

  it('are invited by mail, repeatedly until they sign in, and must choose their own password', async () => {
    const invited = await directory.invite('eve@example.com');
    expect(invited).toMatchObject({ email: 'eve@example.com', groups: [], status: 'INVITED', enabled: true });
    const again = await directory.invite('eve@example.com');
    expect(again.id).toBe(invited.id);
    expect(mails.map(({ to }) => to)).toEqual(['eve@example.com', 'eve@example.com']);
    await expect(enter('eve@example.com', 'some password')).rejects.toThrow(
      'Incorrect username or password.',
    );
    const { ChallengeName } = await enter('eve@example.com', mails.at(-1)!.code);
    expect(ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
  });

  it('can neither sign in nor renew a token while they are disabled', async () => {
    const { id } = (await directory.read('viewer@example.com'))!;
    const { AuthenticationResult } = await enter('viewer@example.com', PASSWORD);
    const renew = () => initiate('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: AuthenticationResult!.RefreshToken });
    await renew();
    await directory.disable(id);
    expect(await directory.read(id)).toMatchObject({ enabled: false });
    await expect(renew()).rejects.toThrow();
    await expect(enter('viewer@example.com', PASSWORD)).rejects.toThrow('User is disabled.');
    await directory.enable(id);
    await expect(renew()).rejects.toThrow();
    expect(await enter('viewer@example.com', PASSWORD)).toHaveProperty('AuthenticationResult');
  });

  it('join and leave groups, and joining twice has no further effect', async () => {
    const { id } = (await directory.read('operator@example.com'))!;
    await directory.addToGroup(id, 'admin');
    await directory.addToGroup(id, 'admin');
    expect(await adminsNow()).toEqual(['admin@example.com', 'operator@example.com']);
    await directory.removeFromGroup(id, 'admin');
    await directory.removeFromGroup(id, 'admin');
    expect(await adminsNow()).toEqual(['admin@example.com']);
  });

  it('are undefined if they do not exist', async () => {
    expect(await directory.read('none@example.com')).toBeUndefined();
  });

  it('get their first administrator without the API, and again without harm', async () => {
    const stacks = recordedAws({
      DescribeStacks: deployedStacks({ PatronusApi: { UserPoolId: signIn.poolId } }),
    });
    const make = async (email: string) => {
      let said = '';
      const aws = { cloudformation: stacks, cognito: client };
      await makeAdmin({}, email, text => (said += text), aws);
      return said.trimEnd().split('\n');
    };
    const again = 'For a new password repeat npm run aws -- admin first@example.com.';
    const mail = 'first@example.com receives a mail with a password that is valid for three days.';
    mails.length = 0;
    expect(await make(' first@example.com ')).toEqual([mail, 'Added to the group admin.', again]);
    expect(await make('first@example.com')).toEqual([mail, 'Already in the group admin.', again]);
    expect(mails.map(({ to }) => to)).toEqual(['first@example.com', 'first@example.com']);
    expect(await directory.read('first@example.com')).toMatchObject({ groups: ['admin'], status: 'INVITED' });

    await directory.disable((await directory.read('viewer@example.com'))!.id);
    expect(await make('viewer@example.com')).toEqual([
      'viewer@example.com has an account already: its password is not changed.',
      'The account was disabled and is enabled again.',
      'Added to the group admin.',
    ]);
    expect(await directory.read('viewer@example.com')).toMatchObject({
      groups: ['viewer', 'admin'],
      enabled: true,
    });
    await expect(make('first@')).rejects.toThrow(
      '"first@" is not an e-mail address: email must be an e-mail address of at most 254 characters, such as ann@example.com.',
    );
  });
});
