import { z } from 'zod';
import { TAGS } from '../no-effect.ts';
import type { ResourceType } from '../resource-type.ts';

/** A label of schedules. */
export const schedulerScheduleGroup: ResourceType = {
  type: 'AWS::Scheduler::ScheduleGroup',
  schema: z.strictObject({ Name: z.string().optional(), Tags: TAGS }),
};
