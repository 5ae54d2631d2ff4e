import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';
import { roleSettings, SETTINGS } from '../settings.ts';

const { GRAPHQL_URL, SILENT_AFTER_S } = SETTINGS;

/**
 * The function's configuration, validated when a container starts. The credentials are those of the
 * function's role.
 */
export const environmentSchema = z.object({
  ...tableEnvironment,
  ...roleSettings,
  GRAPHQL_URL,
  SILENT_AFTER_S,
});
