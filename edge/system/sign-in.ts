import { z } from 'zod';
import { postJson } from '../../core/appsync/post-json.ts';
import { EdgeError } from '../edge-error.ts';
import { systemError } from './system-client.ts';

const answer = z.object({
  AuthenticationResult: z.object({ AccessToken: z.string() }).optional(),
  message: z.string().optional(),
});

export interface SignIn {
  /** Address of a Cognito endpoint. */
  endpoint: string;
  client_id: string;
  email: string;
  password: string;
}

/** Signs in with a password. @returns the access token @throws EdgeError if refused */
export async function signIn({ endpoint, client_id, email, password }: SignIn): Promise<string> {
  const request = {
    AuthFlow: 'USER_PASSWORD_AUTH',
    ClientId: client_id,
    AuthParameters: { USERNAME: email, PASSWORD: password },
  };
  const { json } = await postJson(endpoint, JSON.stringify(request), {
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    errorOf: systemError(endpoint),
  });
  const { AuthenticationResult, message } = answer.parse(json);
  if (!AuthenticationResult) {
    throw new EdgeError(
      `Signing in as ${email} at ${endpoint} was refused: ${message ?? 'no reason given'}.`,
    );
  }
  return AuthenticationResult.AccessToken;
}
