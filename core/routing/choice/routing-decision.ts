import { z } from 'zod';
import { choosePath, type PathCandidate } from './choose-path.ts';
import { decisionReason } from './decision-reason.ts';
import type { PathPreference } from './path-preference.ts';

/**
 * The path that a policy's traffic between two sites uses, a sentence that says why, and the time
 * of the decision.
 */
export const routingDecisionSchema = z.object({
  /** null: no path can be used. */
  selected_path_id: z.string().nullable(),
  reason: z.string(),
  /** RFC 3339, UTC. */
  timestamp: z.iso.datetime(),
});

export type RoutingDecision = z.infer<typeof routingDecisionSchema>;

/** Decides for a policy between two sites. Pure. `now`: ms since the Unix epoch. */
export function makeDecision(
  candidates: readonly PathCandidate[],
  { preference, now }: { preference: PathPreference; now: number },
): RoutingDecision {
  const choice = choosePath(candidates, preference);
  return {
    selected_path_id: choice.selected?.candidate.path_id ?? null,
    reason: decisionReason(choice, preference),
    timestamp: new Date(now).toISOString(),
  };
}
