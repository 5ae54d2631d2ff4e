import type { Clock, Sleep } from '../../core/time/clock.ts';
import type { Schedule } from '../../core/time/schedule.ts';
import { invokeAsynchronously } from '../lambda/invoke-asynchronously.ts';
import type { LambdaFunction } from '../lambda/lambda-function.ts';
import type { Queue } from '../queues/queue.ts';
import type { EventInvokeConfig } from '../resources/function-schema.ts';
import type { ScheduleProperties } from '../resources/schedule-schema.ts';
import { parseSchedule } from '../schedules/schedule-expression.ts';
import { startScheduledCall } from '../schedules/scheduler.ts';

export interface ScheduleSetting {
  scheduleArn: string;
  properties: ScheduleProperties;
  target: LambdaFunction;
  /** How the function's asynchronous events are treated. */
  invokeConfig?: EventInvokeConfig | undefined;
  queueByArn(arn: string): Queue;
  clock: Clock;
  schedule: Schedule;
  sleep: Sleep;
}

/**
 * Starts a schedule; the returned function ends it. The scheduler hands its event to Lambda and is done: the function's failures are
 * Lambda's to try again, and the schedule's own retries and queue are for a Lambda that takes no events, which doesn't happen here.
 */
export function startSchedule(setting: ScheduleSetting): () => void {
  const { scheduleArn, properties, target, invokeConfig, queueByArn, clock, schedule, sleep } = setting;
  if (properties.State === 'DISABLED') return () => {};
  const destination = invokeConfig?.DestinationConfig?.OnFailure?.Destination;
  const onFailed =
    destination === undefined
      ? undefined
      : (message: Record<string, unknown>) => queueByArn(destination).send(message);
  return startScheduledCall(
    {
      scheduleArn,
      next: parseSchedule(properties.ScheduleExpression, clock()),
      input: properties.Target.Input,
      call: event =>
        void invokeAsynchronously({
          target,
          event,
          ...(invokeConfig && { maximumRetryAttempts: invokeConfig.MaximumRetryAttempts }),
          onFailed,
          clock,
          sleep,
        }),
    },
    { clock, schedule },
  );
}
