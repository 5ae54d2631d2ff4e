import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';

/** The function's configuration, validated when a container starts. */
export const environmentSchema = z.object({
  ...tableEnvironment,
});
