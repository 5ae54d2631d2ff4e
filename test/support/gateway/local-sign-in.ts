import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { type CognitoOptions, startCognito } from '../../../local/engines/cognito.ts';
import type { CognitoMode } from '../../../local/gateway/gateway-options.ts';

export interface LocalSignIn {
  endpoint: string;
  poolId: string;
  clientId: string;
  mode: CognitoMode;
  stop(): Promise<void>;
}

export const PASSWORD = 'Correct-Horse-9';

/** A sign-in with one person for each group, named `<group>@example.com`. */
export async function startLocalSignIn(
  groups: string[],
  { onMail }: Pick<CognitoOptions, 'onMail'> = {},
): Promise<LocalSignIn> {
  const directory = await mkdtemp(join(tmpdir(), 'patronus-sign-in-'));
  const engine = await startCognito({ directory, onMail });
  const client = new CognitoIdentityProviderClient({
    endpoint: engine.endpoint,
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
  });
  const pool = await client.send(
    new CreateUserPoolCommand({ PoolName: 'people', UsernameAttributes: ['email'] }),
  );
  const UserPoolId = pool.UserPool!.Id!;
  const app = await client.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'dashboard',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    }),
  );
  for (const GroupName of groups) {
    const Username = `${GroupName}@example.com`;
    const UserAttributes = [
      { Name: 'email', Value: Username },
      { Name: 'email_verified', Value: 'true' },
    ];
    await client.send(new CreateGroupCommand({ UserPoolId, GroupName }));
    await client.send(
      new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction: 'SUPPRESS' }),
    );
    await client.send(
      new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: PASSWORD, Permanent: true }),
    );
    await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }));
  }
  client.destroy();
  const clientId = app.UserPoolClient!.ClientId!;
  return {
    endpoint: engine.endpoint,
    poolId: UserPoolId,
    clientId,
    mode: {
      type: 'AMAZON_COGNITO_USER_POOLS',
      issuer: engine.issuer(UserPoolId),
      jwksUri: engine.jwksUri(UserPoolId),
      clientIds: [clientId],
    },
    async stop() {
      await engine.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
