import { z } from 'zod';
import { retentionSettings } from '../../core/history/retention-settings.ts';
import { tableEnvironment } from '../../core/storage/table-environment.ts';
import { SETTINGS } from '../settings.ts';

const { FLOW_BUCKET, EXPORT_BUCKET, FLOW_LOG_TTL_HOURS } = SETTINGS;

/** The function's configuration, validated when a container starts. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  ...retentionSettings,
  FLOW_BUCKET,
  EXPORT_BUCKET,
  FLOW_LOG_TTL_HOURS,
  /** Set by Lambda. */
  AWS_LAMBDA_FUNCTION_NAME: z.string().min(1),
});
