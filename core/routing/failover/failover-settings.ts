import { z } from 'zod';

/** When a policy leaves a path and when it may come back. Scores 0 to 100. */
export const failoverSettingsSchema = z
  .object({
    /** Leaves the path when its score is below. */
    failover_below: z.number().min(0).max(100).default(50),
    /** Comes back when its score has been above … */
    failback_above: z.number().min(0).max(100).default(80),
    /** … for so long. */
    failback_hold_seconds: z.number().int().min(0).max(86_400).default(60),
  })
  .refine(settings => settings.failback_above >= settings.failover_below, {
    error: 'failback_above must not be below failover_below.',
    path: ['failback_above'],
  });

export type FailoverSettings = z.infer<typeof failoverSettingsSchema>;

export const DEFAULT_FAILOVER: FailoverSettings = failoverSettingsSchema.parse({});
