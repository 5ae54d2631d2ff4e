import { z } from 'zod';

/** Which path a policy's traffic between two sites takes, why in words, and since when that is so decided. */
export const routingDecisionSchema = z.object({
  /** null: there is no path that could carry it. */
  selected_path_id: z.string().nullable(),
  reason: z.string(),
  /** RFC 3339, UTC. */
  timestamp: z.iso.datetime(),
});

export type RoutingDecision = z.infer<typeof routingDecisionSchema>;
