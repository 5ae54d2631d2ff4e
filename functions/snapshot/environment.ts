import { z } from 'zod';

/** The function's configuration, checked when a container starts. */
export const environmentSchema = z.object({
  NETWORK_TABLE: z.string().min(1),
  TRAFFIC_TABLE: z.string().min(1),
  CACHE_TABLE: z.string().min(1),
});
