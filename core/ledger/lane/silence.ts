import type { Lane } from './lane.ts';

/**
 * Limit of the interval of a report: replays choose freely, but a live edge reports at least once
 * an hour.
 */
const LONGEST_INTERVAL_S = 3_600;

/** An edge is silent once this many of its reports are missing. */
const REPORTS_MISSED = 3;

/** Default of the setting, seconds. */
export const DEFAULT_SILENT_AFTER_S = 300;

/** When a lane counts as silent. */
export interface SilenceOptions {
  /** The setting of this name, seconds; 300 by default. */
  silent_after_s?: number | undefined;
}

/**
 * Whether a lane's edge is silent at `now_ms`: nothing of it has arrived for `silent_after_s`, or
 * for three of its own intervals if these are longer. A silent edge isn't counted as heard, and its
 * gauges are withdrawn.
 */
export function isSilent(
  { last_heard_at_ms, interval_s }: Pick<Lane, 'last_heard_at_ms' | 'interval_s'>,
  now_ms: number,
  options?: SilenceOptions,
): boolean {
  return last_heard_at_ms <= now_ms - silentAfter(interval_s, options) * 1000;
}

/** How long an edge with this interval must send nothing to be silent, seconds. */
export function silentAfter(
  interval_s: number,
  { silent_after_s = DEFAULT_SILENT_AFTER_S }: SilenceOptions = {},
): number {
  return Math.max(silent_after_s, REPORTS_MISSED * Math.min(interval_s, LONGEST_INTERVAL_S));
}
