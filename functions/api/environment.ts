import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';

/** The function's configuration, checked when a container starts. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  USER_POOL_ID: z.string().min(1),
  FLOW_BUCKET: z.string().min(1),
  EXPORT_BUCKET: z.string().min(1),
  EXPORT_FUNCTION: z.string().min(1),
  EXPORT_RETENTION_DAYS: z.coerce.number().int().min(1).default(7),
  /** How long flows are kept; 0: no flow is logged. */
  FLOW_LOG_TTL_HOURS: z.coerce.number().nonnegative().default(24),
  COUNTER_SLOTS: z.coerce.number().int().min(16).default(16),
});
