import { z } from 'zod';
import { noEffect, TAGS } from './no-effect.ts';

const SCHEDULER_DEFAULT_RETRIES = 185;
const SCHEDULER_DEFAULT_AGE_SECONDS = 86_400;

export const scheduleSchema = z.strictObject({
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
    RoleArn: noEffect('whoever is on this machine may call its functions'),
  }),
  Description: noEffect('for people'),
  GroupName: noEffect('a group is a label'),
});

export type ScheduleProperties = z.output<typeof scheduleSchema>;

export const scheduleGroupSchema = z.strictObject({ Name: z.string().optional(), Tags: TAGS });
