/** Measurements older than this say nothing about a path now: five missed reports. */
export const METRICS_MAX_AGE_MS = 300_000;
