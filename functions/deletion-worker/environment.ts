import { z } from 'zod';

/** What the stack sets for the worker. */
export const environmentSchema = z.object({
  NETWORK_TABLE: z.string().min(1),
  TRAFFIC_TABLE: z.string().min(1),
  CACHE_TABLE: z.string().min(1),
});
