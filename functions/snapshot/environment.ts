import { z } from 'zod';
import { retentionSettings } from '../../core/history/retention-settings.ts';
import { tableEnvironment } from '../../core/storage/table-environment.ts';
import { SETTINGS } from '../settings.ts';

const { LANES_A_GROUP, SILENT_AFTER_S, SNAPSHOT_GROUP_FUNCTION } = SETTINGS;

/** The function's configuration, validated when a container starts. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  ...retentionSettings,
  LANES_A_GROUP,
  SILENT_AFTER_S,
  SNAPSHOT_GROUP_FUNCTION,
});
