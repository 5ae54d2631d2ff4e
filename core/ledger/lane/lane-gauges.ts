import type { Lane } from './lane.ts';
import type { LaneChanges } from './lane-changes.ts';

const NO_PAIR: ReadonlySet<string> = new Set();

/** Sets a lane's active flows to 0 and takes them out of the counters, `except` of the pairs with these keys. */
export function takeOutGauges(
  lane: Lane,
  changes: LaneChanges,
  { except = NO_PAIR }: { except?: ReadonlySet<string> } = {},
): void {
  for (const [key, pair] of lane.pairs) {
    if (pair.active_flows === 0 || except.has(key)) continue;
    changes.add(pair.policy_id, 0n, 0n, -pair.active_flows);
    pair.active_flows = 0;
  }
  changes.touched = true;
}

/** The policies whose counters a lane's gauges are in. */
export function policiesWithGauges(lane: Lane): Set<string> {
  const policies = new Set<string>();
  for (const pair of lane.pairs.values()) {
    if (pair.active_flows !== 0) policies.add(pair.policy_id);
  }
  return policies;
}
