import { z } from 'zod';
import { DEFAULT_RETENTION, type Retention } from './resolution.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const kept = (unitMs: number, fallbackMs: number) =>
  z.coerce
    .number()
    .positive()
    .default(fallbackMs / unitMs)
    .transform(count => count * unitMs);

const retentionSchema = z.object({
  MINUTE_RETENTION_HOURS: kept(HOUR_MS, DEFAULT_RETENTION.MINUTE),
  HOUR_RETENTION_DAYS: kept(DAY_MS, DEFAULT_RETENTION.HOUR),
  DAY_RETENTION_DAYS: kept(DAY_MS, DEFAULT_RETENTION.DAY),
});

/**
 * How long samples are kept, from the function's environment. Who writes them and who checks ranges read the same variables.
 *
 * @throws ZodError that names the variable, when it holds no positive number
 */
export function readRetention(env: Record<string, string | undefined>): Retention {
  const { MINUTE_RETENTION_HOURS, HOUR_RETENTION_DAYS, DAY_RETENTION_DAYS } = retentionSchema.parse(env);
  return { MINUTE: MINUTE_RETENTION_HOURS, HOUR: HOUR_RETENTION_DAYS, DAY: DAY_RETENTION_DAYS };
}
