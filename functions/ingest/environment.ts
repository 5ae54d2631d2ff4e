import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';

/** What the stack sets for the ingest function. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  COUNTER_SLOTS: z.coerce.number().int().min(1).default(16),
  FLOW_BUCKET: z.string().min(1),
  /** Flows of reports are logged for FLOW_LOG_TTL_HOURS, or not at all. */
  FLOW_LOG: z.enum(['on', 'off']).default('on'),
  FLOW_LOG_TTL_HOURS: z.coerce.number().nonnegative().default(24),
  /** Whether the log holds networks in place of hosts. */
  FLOW_LOG_MASK_HOSTS: z.enum(['on', 'off']).default('off'),
});
