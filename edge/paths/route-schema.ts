import { z } from 'zod';

/** A path of an edge's site, as in the system's answers and in the spool. */
export const edgePathSchema = z.object({
  path_id: z.string(),
  endpoint_id: z.string(),
  address: z.string(),
  peer_endpoint_id: z.string(),
  peer_address: z.string(),
});

/** The path of a policy to one destination; null: none. */
export const edgeRouteSchema = z.object({ policy_id: z.string(), path_id: z.string().nullable() });
