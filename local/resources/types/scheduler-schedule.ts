import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import { parseSchedule } from '../../schedules/schedule-expression.ts';
import { startScheduledCall } from '../../schedules/scheduler.ts';
import { noEffect } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { ResourceType } from '../resource-type.ts';
import { functionAt } from './lambda-alias.ts';
import { asynchronousCall } from './lambda-event-invoke-config.ts';

const SCHEDULER_DEFAULT_RETRIES = 185;
const SCHEDULER_DEFAULT_AGE_SECONDS = 86_400;

const scheduleSchema = z.strictObject({
  Name: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.enum(['Etc/UTC', 'UTC'], 'schedules are in UTC only here').default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: noEffect('a flexible schedule starts at the beginning of its window here'),
  }),
  Target: z.strictObject({
    Arn: z.string(),
    Input: z.string().optional(),
    RetryPolicy: z
      .strictObject({
        MaximumEventAgeInSeconds: z.int().default(SCHEDULER_DEFAULT_AGE_SECONDS),
        MaximumRetryAttempts: z.int().default(SCHEDULER_DEFAULT_RETRIES),
      })
      .prefault({}),
    DeadLetterConfig: z.strictObject({ Arn: z.string() }).optional(),
    RoleArn: noEffect('anyone on this machine may call its functions'),
  }),
  Description: noEffect('for people'),
  GroupName: noEffect('a group is a label'),
});

type ScheduleProperties = z.output<typeof scheduleSchema>;

/**
 * The scheduler only passes its event to Lambda. Lambda retries failures of the function. The
 * schedule's own retries and queue are for events that Lambda doesn't accept, which does not happen
 * here.
 */
export const schedulerSchedule: ResourceType<ScheduleProperties> = {
  type: 'AWS::Scheduler::Schedule',
  schema: scheduleSchema,
  start(making) {
    const { resource, properties, made, host } = making;
    const { State, ScheduleExpression, Target } = properties;
    const target = functionAt(made, Target.Arn);
    if (State === 'DISABLED') return () => {};
    return startScheduledCall(
      {
        scheduleArn: arn('scheduler', `schedule/default/${physicalName(resource)}`),
        next: parseSchedule(ScheduleExpression, host.clock()),
        input: Target.Input,
        call: asynchronousCall(making, target),
      },
      { clock: host.clock, schedule: host.schedule },
    );
  },
};
