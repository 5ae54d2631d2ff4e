import { validIdlePairs } from './idle-pairs.ts';
import type { Lane } from './lane.ts';
import type { LaneState } from './lane-state.ts';
import { idlePairsOf } from './pair-of.ts';

/** The sites and endpoints under which readers find a lane. */
export interface LaneListing {
  readonly sites: ReadonlySet<string>;
  readonly endpoints: ReadonlySet<string>;
}

/** All lists for a lane that is not listed yet, also that of its site before the step. */
export function wholeListing(before: Pick<Lane, 'site_id'>, state: LaneState): LaneListing {
  const { lane } = state;
  const endpoints = new Set<string>();
  for (const { endpoint_id } of lane.pairs.values()) endpoints.add(endpoint_id);
  for (const { endpoint_id } of validIdlePairs({ pairs: lane.pairs, idle: idlePairsOf(state) })) {
    endpoints.add(endpoint_id);
  }
  return { sites: new Set([before.site_id, lane.site_id]), endpoints };
}

/**
 * The lists that a listed lane has to be added to; undefined: none, as after nearly all reports.
 * Call it before idle pairs leave the lane: until then the number of pairs never falls, so it shows
 * whether one is new.
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
