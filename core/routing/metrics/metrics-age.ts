/** Measurements older than this don't count for decisions: five missed reports. */
export const METRICS_MAX_AGE_MS = 300_000;
