import { callAwsJson } from '../aws/aws-json-call.ts';
import type { SignIn } from '../provision/sign-ins.ts';

/** Calls the API as somebody who has signed in. */
export type GraphqlClient = <Data>(query: string, variables?: Record<string, unknown>) => Promise<Data>;

export interface GraphqlClientOptions {
  graphql: string;
  cognito: string;
  clientId: string;
  signIn: SignIn;
}

interface Answer<Data> {
  data?: Data;
  errors?: { message: string; errorType?: string }[];
}

const UNAUTHORIZED = 401;

/** Signs in when it must: at the first call, and when the token has run out. */
export function graphqlClient({ graphql, cognito, clientId, signIn }: GraphqlClientOptions): GraphqlClient {
  let token: Promise<string> | undefined;

  async function getToken(): Promise<string> {
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
  }

  async function post(body: string): Promise<Response> {
    token ??= getToken();
    return fetch(graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: await token },
      body,
    });
  }

  return async <Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> => {
    const body = JSON.stringify({ query, variables });
    let response = await post(body);
    if (response.status === UNAUTHORIZED) {
      token = undefined;
      response = await post(body);
    }
    const { data, errors = [] } = (await response.json()) as Answer<Data>;
    if (data !== undefined && errors.length === 0) return data;
    throw new Error(`The API refused: ${errors.map(({ message }) => message).join(' ')}`);
  };
}
