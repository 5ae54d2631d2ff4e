import { z } from 'zod';
import { cacheSettingsSchema } from '../../core/cache/cache-settings.ts';
import { tableEnvironment } from '../../core/storage/table-environment.ts';
import { SETTINGS } from '../settings.ts';

const {
  COUNTER_SLOTS,
  FLOW_BUCKET,
  FLOW_LOG,
  FLOW_LOG_TTL_HOURS,
  FLOW_LOG_MASK_HOSTS,
  REQUIRE_SIGNED_REPORTS,
} = SETTINGS;

/** The function's configuration, validated when a container starts. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  ...cacheSettingsSchema.shape,
  COUNTER_SLOTS,
  FLOW_BUCKET,
  FLOW_LOG,
  FLOW_LOG_TTL_HOURS,
  FLOW_LOG_MASK_HOSTS,
  REQUIRE_SIGNED_REPORTS,
});
