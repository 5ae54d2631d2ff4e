import { callAwsJson } from './aws-json-call.ts';

/** Calls an operation of the local Cognito. @throws AwsCallError if it refuses */
export function callCognito<Answer>(endpoint: string, operation: string, input: object): Promise<Answer> {
  return callAwsJson(
    { endpoint, target: 'AWSCognitoIdentityProviderService', jsonVersion: '1.1' },
    operation,
    input,
  );
}
