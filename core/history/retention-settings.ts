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

/**
 * The part of a function's environment that says how long samples are kept, in milliseconds when
 * parsed. The function that writes samples and those that check ranges read the same variables.
 */
export const retentionSettings = {
  MINUTE_RETENTION_HOURS: kept(HOUR_MS, DEFAULT_RETENTION.MINUTE),
  HOUR_RETENTION_DAYS: kept(DAY_MS, DEFAULT_RETENTION.HOUR),
  DAY_RETENTION_DAYS: kept(DAY_MS, DEFAULT_RETENTION.DAY),
};

/** The retention from a checked environment, milliseconds. */
export function retentionOf(environment: Record<keyof typeof retentionSettings, number>): Retention {
  const { MINUTE_RETENTION_HOURS, HOUR_RETENTION_DAYS, DAY_RETENTION_DAYS } = environment;
  return { MINUTE: MINUTE_RETENTION_HOURS, HOUR: HOUR_RETENTION_DAYS, DAY: DAY_RETENTION_DAYS };
}
