import { z } from 'zod';

/** An edge's answer to the order to probe. */
export const probeResultSchema = z.object({
  /** Whether anything was measured; if not, `reason` says why. */
  measured: z.boolean(),
  /** A sentence for people. */
  reason: z.string(),
  /** UDP echo between edges, or TCP connects to an endpoint without an edge that answers. */
  method: z.enum(['UDP_ECHO', 'TCP_CONNECT']).nullable(),
  sent: z.number().int().nonnegative(),
  received: z.number().int().nonnegative(),
});

export type ProbeResult = z.infer<typeof probeResultSchema>;
