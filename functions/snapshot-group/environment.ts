import { z } from 'zod';
import { retentionSettings } from '../../core/history/retention-settings.ts';
import { tableEnvironment } from '../../core/storage/table-environment.ts';

/** The function's configuration, validated when a container starts. */
export const environmentSchema = z.object({ ...tableEnvironment, ...retentionSettings });
