import { AwsCallError } from '../aws/aws-json-call.ts';
import { callCognito } from '../aws/cognito-call.ts';

/** A person who can sign in. */
export interface SignIn {
  email: string;
  password: string;
  groups: string[];
}

// A public password: it works only on this machine's loopback.
const PASSWORD = 'patronus-local-1A!';

/** The users on one machine: one person per group. */
export const SIGN_INS: readonly SignIn[] = ['admin', 'operator', 'viewer'].map(group => ({
  email: `${group}@example.com`,
  password: PASSWORD,
  groups: [group],
}));

/**
 * Adds a person to a user pool; an existing one from an earlier run is not changed. The password is
 * set last: a person without one was being added when that run was killed.
 */
export async function createSignIn(endpoint: string, UserPoolId: string, signIn: SignIn): Promise<void> {
  const { email, password, groups } = signIn;
  const user = { UserPoolId, Username: email };
  try {
    await callCognito(endpoint, 'AdminCreateUser', {
      ...user,
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ],
      TemporaryPassword: password,
      MessageAction: 'SUPPRESS',
    });
  } catch (cause) {
    if (!(cause instanceof AwsCallError && cause.name === 'UsernameExistsException')) throw cause;
    const { UserStatus } = await callCognito<{ UserStatus: string }>(endpoint, 'AdminGetUser', user);
    if (UserStatus === 'CONFIRMED') return;
  }
  for (const GroupName of groups) await callCognito(endpoint, 'AdminAddUserToGroup', { ...user, GroupName });
  await callCognito(endpoint, 'AdminSetUserPassword', { ...user, Password: password, Permanent: true });
}
