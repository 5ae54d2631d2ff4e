import type { Boot } from './boot.ts';
import type { LaneState } from './lane-state.ts';
import { switchBoot } from './switch-boot.ts';

/**
 * The boot id of a lane whose current boot was closed and that has no other yet. No boot of an edge
 * has this id.
 */
export const NO_BOOT = '';

/**
 * Closes the lane's current boot without a new one. The lane's totals stay as they are, and its
 * gauges until the next report. Any boot that reports next becomes current, whatever its clock
 * shows.
 */
export function closeBoot(state: LaneState): LaneState {
  const { parts } = state.lane;
  const none: Boot = { boot_id: NO_BOOT, seq: 0, parts, sent_at_ms: 0, pairs: new Map(), paths: new Map() };
  return switchBoot(state, none);
}
