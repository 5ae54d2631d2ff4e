import type { RunningSystem } from '../../local/system/system.ts';
import { userOf } from './no-group-user.ts';

/** A client of a running local system, signed in as a person in one of the demo's groups. */
export interface SystemClient {
  /** The whole GraphQL answer. */
  ask(query: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer>;
  /** Its data. @throws Error with the first message of `errors` */
  data(query: string, variables?: Record<string, unknown>): Promise<GraphqlData>;
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into the answer as a client does
type GraphqlData = Record<string, any>;

interface GraphqlAnswer {
  data?: GraphqlData | null;
  errors?: { message: string; errorType?: string; path?: string[] }[];
}

/** Signs in with USER_PASSWORD_AUTH and gives the client. */
export async function signedIn(system: RunningSystem, group: string): Promise<SystemClient> {
  const token = await accessToken(system, group);
  return {
    ask,
    async data(query, variables) {
      const { data, errors } = await ask(query, variables);
      if (errors?.length) throw new Error(errors[0]?.message);
      return data ?? {};
    },
  };

  async function ask(query: string, variables: Record<string, unknown> = {}): Promise<GraphqlAnswer> {
    const response = await fetch(system.endpoints.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: token },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as GraphqlAnswer;
  }
}

async function accessToken(system: RunningSystem, group: string): Promise<string> {
  const user = userOf(system.endpoints, group);
  const response = await fetch(system.endpoints.cognito, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: system.userPoolClientId,
      AuthParameters: { USERNAME: user.email, PASSWORD: user.password },
    }),
  });
  const { AuthenticationResult } = (await response.json()) as {
    AuthenticationResult: { AccessToken: string };
  };
  return AuthenticationResult.AccessToken;
}
