import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';

/**
 * The function's configuration, checked when a container starts. The credentials are the function's
 * role.
 */
export const environmentSchema = z.object({
  GRAPHQL_URL: z.url(),
  ...tableEnvironment,
  AWS_REGION: z.string().min(1),
  AWS_ACCESS_KEY_ID: z.string().min(1),
  AWS_SECRET_ACCESS_KEY: z.string().min(1),
  AWS_SESSION_TOKEN: z.string().optional(),
});

export type Environment = z.output<typeof environmentSchema>;
