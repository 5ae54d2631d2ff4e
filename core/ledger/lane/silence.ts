import type { Lane } from './lane.ts';

/**
 * A report may name any interval, because replays choose freely. A live edge reports at least once
 * an hour.
 */
const LONGEST_INTERVAL_S = 3_600;

/** An edge is silent once so many of its reports have not come. */
const REPORTS_MISSED = 3;

/** Where the setting is left out, seconds. */
export const DEFAULT_SILENT_AFTER_S = 300;

/** From when on lanes are silent. */
export interface SilenceOptions {
  /** The setting of this name, seconds; 300 by default. */
  silent_after_s?: number | undefined;
}

/**
 * Whether a lane's edge is silent at `now_ms`: it isn't counted as heard, and its gauges are
 * withdrawn. It is when nothing of it has arrived for `silent_after_s`, or for three of its own
 * intervals where these are longer.
 */
export function isSilent(
  { last_heard_at_ms, interval_s }: Pick<Lane, 'last_heard_at_ms' | 'interval_s'>,
  now_ms: number,
  options?: SilenceOptions,
): boolean {
  return last_heard_at_ms <= now_ms - silentAfter(interval_s, options) * 1000;
}

/** How long nothing of an edge with this interval has to arrive for it to be silent, seconds. */
export function silentAfter(
  interval_s: number,
  { silent_after_s = DEFAULT_SILENT_AFTER_S }: SilenceOptions = {},
): number {
  return Math.max(silent_after_s, REPORTS_MISSED * Math.min(interval_s, LONGEST_INTERVAL_S));
}
