import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type fc from 'fast-check';
import { localClient } from './local-client.ts';

/**
 * A client of the run's DynamoDB Local whose calls happen one at a time, in the order that
 * fast-check chooses.
 */
export function scheduledClient(scheduler: fc.Scheduler): DynamoDBDocumentClient {
  const client = localClient();
  client.middlewareStack.add(
    next => {
      type Args = Parameters<typeof next>[0];
      // The scheduler gets no rejection, because nothing awaits it there.
      const turn = scheduler.scheduleFunction(async (args: Args) => {
        const [outcome] = await Promise.allSettled([next(args)]);
        return outcome;
      });
      return async args => {
        const outcome = await turn(args);
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      };
    },
    { step: 'initialize', name: 'schedule' },
  );
  return client;
}
