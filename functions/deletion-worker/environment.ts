import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';

/** What the stack sets for the worker. */
export const environmentSchema = z.object({
  ...tableEnvironment,
});
