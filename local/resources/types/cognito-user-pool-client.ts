import { z } from 'zod';
import { callCognito } from '../../aws/cognito-call.ts';
import { noEffect } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { ResourceType } from '../resource-type.ts';
import { cognitoUserPool } from './cognito-user-pool.ts';

const poolClientSchema = z.strictObject({
  UserPoolId: z.string(),
  ClientName: z.string().optional(),
  GenerateSecret: z.literal(false, 'a client in a browser cannot keep a secret').default(false),
  ExplicitAuthFlows: z.array(z.string()).default([]),
  AllowedOAuthFlows: z.array(z.string()).default([]),
  AllowedOAuthFlowsUserPoolClient: z.boolean().optional(),
  AllowedOAuthScopes: z.array(z.string()).default([]),
  CallbackURLs: z.array(z.string()).default([]),
  LogoutURLs: z.array(z.string()).default([]),
  SupportedIdentityProviders: z.array(z.literal('COGNITO')).default([]),
  AccessTokenValidity: z.number().optional(),
  IdTokenValidity: z.number().optional(),
  RefreshTokenValidity: z.number().optional(),
  TokenValidityUnits: z.record(z.string(), z.string()).optional(),
  AuthSessionValidity: noEffect('sign-in takes one step here'),
  EnableTokenRevocation: noEffect('cognito-local revokes refresh tokens anyway'),
  PreventUserExistenceErrors: noEffect('the sign-ins are printed at the start'),
});

/** cognito-local does not support SRP: only here, people sign in with their password. */
const PASSWORD_FLOW = 'ALLOW_USER_PASSWORD_AUTH';

type ClientProperties = z.output<typeof poolClientSchema>;

export const cognitoUserPoolClient: ResourceType<ClientProperties, ClientProperties> = {
  type: 'AWS::Cognito::UserPoolClient',
  schema: poolClientSchema,
  after: [cognitoUserPool],
  async make({ resource, properties, host: { engines } }) {
    const name = properties.ClientName ?? physicalName(resource);
    const id = await createClient(engines.cognito.endpoint, name, properties);
    return { attributes: { Ref: id, ClientId: id }, value: properties };
  },
};

/**
 * Makes a client of a user pool, or reuses the one with that name from an earlier run.
 * @returns its id
 */
async function createClient(endpoint: string, name: string, properties: ClientProperties): Promise<string> {
  const { UserPoolId } = properties;
  const { UserPoolClients } = await callCognito<{
    UserPoolClients: { ClientId: string; ClientName: string }[];
  }>(endpoint, 'ListUserPoolClients', { UserPoolId, MaxResults: 60 });
  const found = UserPoolClients.find(({ ClientName }) => ClientName === name);
  if (found) return found.ClientId;
  const { UserPoolClient } = await callCognito<{ UserPoolClient: { ClientId: string } }>(
    endpoint,
    'CreateUserPoolClient',
    {
      ...properties,
      ClientName: name,
      ExplicitAuthFlows: [...properties.ExplicitAuthFlows, PASSWORD_FLOW],
    },
  );
  return UserPoolClient.ClientId;
}
