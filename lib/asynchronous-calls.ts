import type { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { PatronusFunction } from './patronus-function.ts';

export interface AsynchronousCalls {
  /** Number of retries after a failure; Lambda makes them after one and two minutes. */
  retryAttempts: number;
  /** How long a call is still useful. Retries must fit into this time. */
  maxEventAge: Duration;
  /** The queue of calls that were given up. */
  failed: DeadLetterQueue;
}

/**
 * Configures asynchronous calls: from schedules, from other functions and from the function itself.
 */
export function limitCalls(
  fn: PatronusFunction,
  { retryAttempts, maxEventAge, failed }: AsynchronousCalls,
): void {
  fn.configureAsyncInvoke({
    retryAttempts,
    maxEventAge,
    onFailure: { bind: () => ({ destination: failed.queueArn }) },
  });
  fn.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failed.queueArn] }));
}
