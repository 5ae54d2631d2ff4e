import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';

/** What the stack sets for the function of the flow log. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  FLOW_BUCKET: z.string().min(1),
  /** How long a flow is kept; 0 keeps none. */
  FLOW_LOG_TTL_HOURS: z.coerce.number().nonnegative().default(24),
});
