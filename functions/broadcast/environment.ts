import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';
import { roleSettings, SETTINGS } from '../settings.ts';

const { EDGE_SPREAD_S, GRAPHQL_URL } = SETTINGS;

/**
 * The function's configuration, validated when a container starts. The credentials are those of the
 * function's role.
 */
export const environmentSchema = z.object({
  ...tableEnvironment,
  ...roleSettings,
  EDGE_SPREAD_S,
  GRAPHQL_URL,
});
