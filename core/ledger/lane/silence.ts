import type { Lane } from './lane.ts';

/** From here on an edge is silent, milliseconds: it isn't counted as heard, and its gauges are withdrawn. */
const SILENT_AFTER_MS = 300_000;

/** Whether a lane's edge was silent at `now_ms`: no report of it had arrived for five minutes. */
export function isSilent({ last_heard_at_ms }: Pick<Lane, 'last_heard_at_ms'>, now_ms: number): boolean {
  return last_heard_at_ms <= now_ms - SILENT_AFTER_MS;
}
