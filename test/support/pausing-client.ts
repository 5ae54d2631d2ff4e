import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';

/** A client of the run's DynamoDB Local that lets `meanwhile` happen before its call number `at`, from 0. */
export function pausingClient(at: number, meanwhile: () => Promise<void>): DynamoDBDocumentClient {
  const client = makeDocumentClient({
    endpoint: inject('dynamodbEndpoint'),
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
  });
  let calls = 0;
  client.middlewareStack.add(
    next => async args => {
      if (calls++ === at) await meanwhile();
      return next(args);
    },
    { step: 'initialize', name: 'pause' },
  );
  return client;
}
