import { AwsCallError, type AwsJsonApi, callAwsJson } from '../aws/aws-json-call.ts';
import type { PoolClientProperties, PoolGroupProperties } from '../resources/cognito-schemas.ts';

/** Somebody who can sign in. */
export interface SignIn {
  email: string;
  password: string;
  groups: string[];
}

/** Makes user pools in cognito-local; what is there from an earlier run is taken as it is. */
export function userPools(endpoint: string) {
  const api: AwsJsonApi = { endpoint, target: 'AWSCognitoIdentityProviderService', jsonVersion: '1.1' };
  const call = <Answer>(operation: string, input: object): Promise<Answer> =>
    callAwsJson(api, operation, input);

  return {
    /** @returns the id of the pool */
    async createPool(
      PoolName: string,
      properties: { UsernameAttributes: string[]; AutoVerifiedAttributes: string[]; Schema?: unknown },
    ): Promise<string> {
      const { UserPools } = await call<{ UserPools: { Id: string; Name: string }[] }>('ListUserPools', {
        MaxResults: 60,
      });
      const found = UserPools.find(({ Name }) => Name === PoolName);
      if (found) return found.Id;
      const { UserPool } = await call<{ UserPool: { Id: string } }>('CreateUserPool', {
        PoolName,
        ...properties,
      });
      return UserPool.Id;
    },

    /** @returns the id of the client */
    async createClient(ClientName: string, properties: PoolClientProperties): Promise<string> {
      const { UserPoolId } = properties;
      const { UserPoolClients } = await call<{
        UserPoolClients: { ClientId: string; ClientName: string }[];
      }>('ListUserPoolClients', { UserPoolId, MaxResults: 60 });
      const found = UserPoolClients.find(client => client.ClientName === ClientName);
      if (found) return found.ClientId;
      const { UserPoolClient } = await call<{ UserPoolClient: { ClientId: string } }>(
        'CreateUserPoolClient',
        { ...properties, ClientName },
      );
      return UserPoolClient.ClientId;
    },

    async createGroup(properties: PoolGroupProperties): Promise<void> {
      // Not simply created: cognito-local makes an existing group anew then, without its members.
      const { UserPoolId, GroupName } = properties;
      const { Groups } = await call<{ Groups: { GroupName: string }[] }>('ListGroups', { UserPoolId });
      if (!Groups.some(group => group.GroupName === GroupName)) await call('CreateGroup', properties);
    },

    async createSignIn(UserPoolId: string, { email, password, groups }: SignIn): Promise<void> {
      const user = { UserPoolId, Username: email };
      await unlessThere('UsernameExistsException', async () => {
        await call('AdminCreateUser', {
          ...user,
          UserAttributes: [
            { Name: 'email', Value: email },
            { Name: 'email_verified', Value: 'true' },
          ],
          TemporaryPassword: password,
          MessageAction: 'SUPPRESS',
        });
        await call('AdminSetUserPassword', { ...user, Password: password, Permanent: true });
        for (const GroupName of groups) await call('AdminAddUserToGroup', { ...user, GroupName });
      });
    },
  };
}

async function unlessThere(exception: string, create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (cause) {
    if (!(cause instanceof AwsCallError && cause.name === exception)) throw cause;
  }
}
