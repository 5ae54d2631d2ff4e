import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';

/** The function's configuration, checked when a container starts. The last is set by Lambda. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  FLOW_BUCKET: z.string().min(1),
  EXPORT_BUCKET: z.string().min(1),
  COUNTER_SLOTS: z.coerce.number().int().min(16).default(16),
  FLOW_LOG_TTL_HOURS: z.coerce.number().nonnegative().default(24),
  AWS_LAMBDA_FUNCTION_NAME: z.string().min(1),
});
