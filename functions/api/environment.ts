import { z } from 'zod';
import { cacheSettingsSchema } from '../../core/cache/cache-settings.ts';
import { retentionSettings } from '../../core/history/retention-settings.ts';
import { tableEnvironment } from '../../core/storage/table-environment.ts';
import { SETTINGS } from '../settings.ts';

const {
  AWS_ENDPOINT_URL,
  USER_POOL_ID,
  FLOW_BUCKET,
  EXPORT_BUCKET,
  EXPORT_FUNCTION,
  EXPORT_RETENTION_DAYS,
  FLOW_LOG_MASK_HOSTS,
  FLOW_LOG_TTL_HOURS,
  SILENT_AFTER_S,
  QUERY_BUDGET,
  EDGE_ROLES,
  CURRENCY,
  WEBHOOKS_TO_PRIVATE_ADDRESSES,
} = SETTINGS;

/** The function's configuration, validated when a container starts. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  ...cacheSettingsSchema.shape,
  ...retentionSettings,
  USER_POOL_ID,
  FLOW_BUCKET,
  EXPORT_BUCKET,
  EXPORT_FUNCTION,
  EXPORT_RETENTION_DAYS,
  FLOW_LOG_MASK_HOSTS,
  FLOW_LOG_TTL_HOURS,
  SILENT_AFTER_S,
  QUERY_BUDGET,
  EDGE_ROLES,
  CURRENCY,
  WEBHOOKS_TO_PRIVATE_ADDRESSES,
  AWS_ENDPOINT_URL,
});
