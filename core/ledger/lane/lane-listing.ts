import { idlePairsBeside } from './idle-pairs.ts';
import type { Lane } from './lane.ts';
import type { LaneState } from './lane-state.ts';
import { idlePairsOf } from './pair-of.ts';

/** The sites and endpoints under which readers find a lane. */
export interface LaneListing {
  readonly sites: ReadonlySet<string>;
  readonly endpoints: ReadonlySet<string>;
}

/**
 * Where a lane must be listed that is listed nowhere: the site that it was at before the step too.
 */
export function wholeListing(before: Pick<Lane, 'site_id'>, state: LaneState): LaneListing {
  const { lane } = state;
  const endpoints = new Set<string>();
  for (const { endpoint_id } of lane.pairs.values()) endpoints.add(endpoint_id);
  for (const { endpoint_id } of idlePairsBeside({ pairs: lane.pairs, idle: idlePairsOf(state) })) {
    endpoints.add(endpoint_id);
  }
  return { sites: new Set([before.site_id, lane.site_id]), endpoints };
}

/**
 * Where a listed lane must be listed too; undefined: nowhere, as after nearly all reports. To be
 * asked before idle pairs leave the lane: until then pairs are only added, so a new one shows in
 * their number.
 */
export function addedListing(before: Lane, after: Lane): LaneListing | undefined {
  const moved = after.site_id !== before.site_id;
  if (!moved && after.pairs.size === before.pairs.size) return undefined;
  const known = new Set<string>();
  for (const { endpoint_id } of before.pairs.values()) known.add(endpoint_id);
  const endpoints = new Set<string>();
  for (const { endpoint_id } of after.pairs.values()) {
    if (!known.has(endpoint_id)) endpoints.add(endpoint_id);
  }
  if (!moved && endpoints.size === 0) return undefined;
  return { sites: new Set(moved ? [after.site_id] : []), endpoints };
}
