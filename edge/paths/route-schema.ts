import { z } from 'zod';

/** A path of an edge's site, as the system tells it and the spool keeps it. */
export const edgePathSchema = z.object({
  path_id: z.string(),
  endpoint_id: z.string(),
  address: z.string(),
  peer_endpoint_id: z.string(),
  peer_address: z.string(),
});

/** Which path a policy takes to one destination; null: none. */
export const edgeRouteSchema = z.object({ policy_id: z.string(), path_id: z.string().nullable() });
