import type { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { PatronusFunction } from './patronus-function.ts';

export interface AsynchronousCalls {
  /** Calls after one that failed; Lambda makes them after one and two minutes. */
  retryAttempts: number;
  /** How long a call is worth making. A retry must fit in. */
  maxEventAge: Duration;
  /** Where what was given up goes. */
  failed: DeadLetterQueue;
}

/**
 * Says what becomes of the calls that no one waits for: by schedules, by other functions, by the
 * function itself.
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
