import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';
import { SETTINGS } from '../settings.ts';

const { EXPORT_FUNCTION, SILENT_AFTER_S } = SETTINGS;

/** The function's configuration, validated when a container starts. */
export const environmentSchema = z.object({
  ...tableEnvironment,
  EXPORT_FUNCTION,
  SILENT_AFTER_S,
});
