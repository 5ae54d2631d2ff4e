import type { Boot } from './boot.ts';
import type { LaneState } from './lane-state.ts';
import { switchBoot } from './switch-boot.ts';

/**
 * The boot of a lane whose current one was closed and which has heard of no other yet. No boot of
 * an edge has this id.
 */
export const NO_BOOT = '';

/**
 * Closes the lane's current boot without another one in its place: the lane's totals stay as they
 * are, its gauges until the next report. Any boot that speaks next becomes current, whatever its
 * clock says.
 */
export function closeBoot(state: LaneState): LaneState {
  const { parts } = state.lane;
  const none: Boot = { boot_id: NO_BOOT, seq: 0, parts, sent_at_ms: 0, pairs: new Map(), paths: new Map() };
  return switchBoot(state, none);
}
