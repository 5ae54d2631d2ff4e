import { z } from 'zod';
import { SETTINGS } from '../settings.ts';

const { CONSOLE_BUCKET } = SETTINGS;

/** The function's configuration, validated when a container starts. */
export const environmentSchema = z.object({ CONSOLE_BUCKET });
