import type { Duration } from 'aws-cdk-lib';
import {
  ContextAttribute,
  Schedule,
  type ScheduleExpression,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import type { DataStack } from './data-stack.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { PatronusFunction } from './patronus-function.ts';

export interface ScheduleFunctionProps {
  fn: PatronusFunction;
  schedule: ScheduleExpression;
  data: DataStack;
  description: string;
  /** What an undelivered call means, and what to do. */
  failure: string;
  /** How long a call is still useful. */
  maxEventAge: Duration;
  /** Further fields of the event, in addition to `scheduled_at`. */
  input?: Record<string, unknown>;
}

/**
 * Calls a function on a schedule, with the scheduled time as `scheduled_at`.
 * @returns the queue of undelivered calls, which has an alarm
 */
export function scheduleFunction(
  scope: Construct,
  id: string,
  props: ScheduleFunctionProps,
): DeadLetterQueue {
  const { fn, schedule, data, description, failure, maxEventAge, input = {} } = props;
  const failed = new DeadLetterQueue(scope, `${id}Failed`, { alarms: data.alarms, description: failure });
  new Schedule(scope, `${id}Schedule`, {
    schedule,
    description,
    target: new LambdaInvoke(fn, {
      input: ScheduleTargetInput.fromObject({ scheduled_at: ContextAttribute.scheduledTime, ...input }),
      retryAttempts: 1,
      maxEventAge,
      deadLetterQueue: failed,
    }),
  });
  return failed;
}
