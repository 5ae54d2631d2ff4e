import { renewedToken } from '../../core/appsync/authorizer.ts';
import { graphqlClient as makeClient } from '../../core/appsync/graphql-client.ts';
import { callAwsJson } from '../aws/aws-json-call.ts';
import type { SignIn } from '../provision/sign-ins.ts';

/** Calls the API as a signed-in user. */
export type GraphqlClient = <Data>(query: string, variables?: Record<string, unknown>) => Promise<Data>;

export interface GraphqlClientOptions {
  graphql: string;
  cognito: string;
  clientId: string;
  signIn: SignIn;
}

/** Signs in when necessary: at the first call, and when the token has expired. */
export function graphqlClient({ graphql, cognito, clientId, signIn }: GraphqlClientOptions): GraphqlClient {
  const client = makeClient({
    url: graphql,
    authorizer: renewedToken(async () => {
      const { AuthenticationResult } = await callAwsJson<{ AuthenticationResult: { AccessToken: string } }>(
        { endpoint: cognito, target: 'AWSCognitoIdentityProviderService', jsonVersion: '1.1' },
        'InitiateAuth',
        {
          AuthFlow: 'USER_PASSWORD_AUTH',
          ClientId: clientId,
          AuthParameters: { USERNAME: signIn.email, PASSWORD: signIn.password },
        },
      );
      return AuthenticationResult.AccessToken;
    }),
    errorOf: failure =>
      failure.kind === 'refused'
        ? new Error(`The API refused: ${failure.messages.join(' ')}`)
        : (failure.cause as Error),
  });
  return async <Data>(query: string, variables: Record<string, unknown> = {}) =>
    (await client.query(query, variables)) as Data;
}
