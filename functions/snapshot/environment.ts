import { z } from 'zod';

const hours = (fallback: number) =>
  z.coerce
    .number()
    .positive()
    .default(fallback)
    .transform(value => value * 3_600_000);

/** The function's configuration, checked when a container starts. Retention in hours, as milliseconds inside. */
export const environmentSchema = z.object({
  NETWORK_TABLE: z.string().min(1),
  TRAFFIC_TABLE: z.string().min(1),
  CACHE_TABLE: z.string().min(1),
  MINUTE_RETENTION_HOURS: hours(48),
  HOUR_RETENTION_HOURS: hours(90 * 24),
  DAY_RETENTION_HOURS: hours(730 * 24),
});
