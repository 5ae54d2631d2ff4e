import { z } from 'zod';
import type { WeekSummary } from '../health/week-scores.ts';

/** When a policy leaves a path and when it comes back. Scores are 0 to 100. */
export const failoverSettingsSchema = z
  .object({
    /** The policy leaves the path when its score is below this. */
    failover_below: z.number().min(0).max(100).default(50),
    /** The policy comes back when the score has been above this … */
    failback_above: z.number().min(0).max(100).default(80),
    /** … for this long. */
    failback_hold_seconds: z.number().int().min(0).max(86_400).default(60),
  })
  .refine(settings => settings.failback_above >= settings.failover_below, {
    error: 'failback_above must not be below failover_below.',
    path: ['failback_above'],
  });

export type FailoverSettings = z.infer<typeof failoverSettingsSchema>;

export const DEFAULT_FAILOVER: FailoverSettings = failoverSettingsSchema.parse({});

/** How far below its usual score a path comes back, if it did not reach `failback_above`. */
const BELOW_MEDIAN = 5;
/** Least distance in points between the scores of leaving and of coming back. */
const ABOVE_FAILOVER = 5;

/**
 * The score above which a policy comes back to a path. That is `failback_above`; where the policy
 * keeps the default and the path didn't reach it in the week before it was taken out, that week's
 * median less 5, but not below `failover_below` + 5. Source: DESIGN.md, "Routing".
 */
export function failbackAbove(
  { failover_below, failback_above }: Pick<FailoverSettings, 'failover_below' | 'failback_above'>,
  week: WeekSummary | undefined,
): number {
  const keepsDefault = failback_above === DEFAULT_FAILOVER.failback_above;
  if (!keepsDefault || !week || week.highest >= failback_above) return failback_above;
  return Math.max(failover_below + ABOVE_FAILOVER, week.median - BELOW_MEDIAN);
}
