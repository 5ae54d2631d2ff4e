import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { localClient } from './local-client.ts';
import { besideFunction } from './rights/as-function.ts';

/**
 * A client of the run's DynamoDB Local that runs `meanwhile` before its call number `at`, from 0.
 */
export function pausingClient(at: number, meanwhile: () => Promise<void>): DynamoDBDocumentClient {
  let calls = 0;
  return pausing(() => calls++ === at, meanwhile);
}

/**
 * A client of the run's DynamoDB Local that runs `meanwhile` before its first call of an operation,
 * such as "TransactWriteItems".
 */
export function pausingBefore(operation: string, meanwhile: () => Promise<void>): DynamoDBDocumentClient {
  let paused = false;
  return pausing(name => {
    const now = !paused && name === `${operation}Command`;
    paused ||= now;
    return now;
  }, meanwhile);
}

function pausing(isAt: (commandName: string) => boolean, meanwhile: () => Promise<void>) {
  const client = localClient();
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async args => {
        if (isAt(commandName)) await besideFunction(meanwhile);
        return next(args);
      },
    { step: 'initialize', name: 'pause' },
  );
  return client;
}
