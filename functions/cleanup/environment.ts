import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';

/** What the stack sets for the clean-up function. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  EXPORT_FUNCTION: z.string().min(1),
  COUNTER_SLOTS: z.coerce.number().int().min(1).default(16),
});
