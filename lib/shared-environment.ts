import type { Settings } from './settings.ts';

/** How long samples are kept, for the functions that write and read them. */
export function retentionEnvironment(settings: Settings): Record<string, string> {
  return {
    MINUTE_RETENTION_HOURS: String(settings.minute_retention_hours),
    HOUR_RETENTION_DAYS: String(settings.hour_retention_days),
    DAY_RETENTION_DAYS: String(settings.day_retention_days),
  };
}

/** Settings of the functions with caches of metrics and decisions. */
export function cacheEnvironment(settings: Settings): Record<string, string> {
  return {
    METRICS_CACHE_TTL_SECONDS: String(settings.metrics_cache_ttl_seconds),
    ROUTING_CACHE_TTL_SECONDS: String(settings.routing_cache_ttl_seconds),
  };
}

/**
 * Allowed addresses of webhooks, for the function that stores them and for the one that calls them.
 */
export function webhookEnvironment(settings: Settings): Record<string, string> {
  return { WEBHOOKS_TO_PRIVATE_ADDRESSES: settings.webhooks_to_private_addresses ? 'on' : 'off' };
}

/** Settings of the functions that detect silent edges. */
export function silenceEnvironment(settings: Settings): Record<string, string> {
  return { SILENT_AFTER_S: String(settings.silent_after_s) };
}
