import { randomBytes } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { signInPerson, type UserPool } from '../../sign-in-person.ts';
import { totpCode } from '../../totp.ts';
import type { Bench } from '../smoke-step.ts';

/**
 * Creates a user of the group admin for the test, without a mail, and signs in as that user; the
 * test deletes it at its end.
 *
 * @returns an access token that is valid for an hour
 */
export async function testPerson(
  cognito: Pick<CognitoIdentityProviderClient, 'send'>,
  pool: UserPool,
  { run_id, undo, clock }: Bench,
  signIn: typeof signInPerson = signInPerson,
): Promise<string> {
  const email = `patronus-smoke-${run_id}@example.com`;
  const person = { UserPoolId: pool.user_pool_id, Username: email };
  // Characters of each kind, as the strictest password policy requires.
  const password = `Aa1!${randomBytes(24).toString('base64url')}`;
  undo(`person ${email}`, () => cognito.send(new AdminDeleteUserCommand(person)));
  await cognito.send(
    new AdminCreateUserCommand({
      ...person,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  );
  await cognito.send(new AdminSetUserPasswordCommand({ ...person, Password: password, Permanent: true }));
  await cognito.send(new AdminAddUserToGroupCommand({ ...person, GroupName: 'admin' }));
  let secret: string | undefined;
  return signIn(pool, {
    email,
    password,
    newPassword: async () => password,
    async code(setUp) {
      secret = setUp ?? secret;
      return totpCode(secret!, clock());
    },
  });
}
