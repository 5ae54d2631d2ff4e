import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';
import { SETTINGS } from '../settings.ts';

const { FLOW_BUCKET, FLOW_LOG_LARGE_HOUR_MB, FLOW_LOG_TTL_HOURS } = SETTINGS;

/** The function's configuration, validated when a container starts. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  FLOW_BUCKET,
  FLOW_LOG_LARGE_HOUR_MB,
  FLOW_LOG_TTL_HOURS,
});
