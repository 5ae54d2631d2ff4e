import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';

/**
 * A client of the run's DynamoDB Local. `maxAttempts: 1` leaves out the SDK's own further attempts.
 */
export function localClient(options: { maxAttempts?: number } = {}): DynamoDBDocumentClient {
  return makeDocumentClient({
    endpoint: inject('dynamodbEndpoint'),
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
    ...options,
  });
}
