import { z } from 'zod';

/** What an edge found when it was ordered to probe. */
export const probeResultSchema = z.object({
  /** Whether anything was measured; else `reason` says why not. */
  measured: z.boolean(),
  /** In words. */
  reason: z.string(),
  /** UDP echo between edges, or TCP connects to an endpoint without an edge that answers. */
  method: z.enum(['UDP_ECHO', 'TCP_CONNECT']).nullable(),
  sent: z.number().int().nonnegative(),
  received: z.number().int().nonnegative(),
});

export type ProbeResult = z.infer<typeof probeResultSchema>;
