import type { Settings } from './settings.ts';

/** How long samples are kept, for the function that writes them and for the one that answers from them. */
export function retentionEnvironment(settings: Settings): Record<string, string> {
  return {
    MINUTE_RETENTION_HOURS: String(settings.minute_retention_hours),
    HOUR_RETENTION_DAYS: String(settings.hour_retention_days),
    DAY_RETENTION_DAYS: String(settings.day_retention_days),
  };
}
