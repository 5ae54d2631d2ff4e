import { z } from 'zod';

/** What the stack sets for the clean-up function. */
export const environmentSchema = z.object({
  NETWORK_TABLE: z.string().min(1),
  TRAFFIC_TABLE: z.string().min(1),
  CACHE_TABLE: z.string().min(1),
  EXPORT_FUNCTION: z.string().min(1),
  COUNTER_SLOTS: z.coerce.number().int().min(1).default(16),
});
