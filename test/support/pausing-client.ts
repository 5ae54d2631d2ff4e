import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { localClient } from './local-client.ts';
import { besideFunction } from './rights/as-function.ts';

/**
 * A client of the run's DynamoDB Local that lets `meanwhile` happen before its call number `at`,
 * from 0.
 */
export function pausingClient(at: number, meanwhile: () => Promise<void>): DynamoDBDocumentClient {
  const client = localClient();
  let calls = 0;
  client.middlewareStack.add(
    next => async args => {
      if (calls++ === at) await besideFunction(meanwhile);
      return next(args);
    },
    { step: 'initialize', name: 'pause' },
  );
  return client;
}
