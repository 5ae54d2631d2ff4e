import type { Lane } from './lane.ts';
import { addCounterChange, type LaneState } from './lane-state.ts';

const NO_PAIR: ReadonlySet<string> = new Set();

/** Sets a lane's active flows to 0 and subtracts them from the counters, `except` of the pairs with these keys. */
export function withdrawGauges(
  state: LaneState,
  { except = NO_PAIR }: { except?: ReadonlySet<string> } = {},
): LaneState {
  const { lane, changes } = state;
  const pairs = new Map(lane.pairs);
  const counters = new Map(changes.counters);
  for (const [key, pair] of lane.pairs) {
    if (pair.active_flows === 0 || except.has(key)) continue;
    pairs.set(key, { ...pair, active_flows: 0 });
    addCounterChange(counters, pair.policy_id, { packets: 0n, bytes: 0n, active_flows: -pair.active_flows });
  }
  return { ...state, lane: { ...lane, pairs }, changes: { ...changes, counters } };
}

/** The policies whose counters hold a gauge of the lane. */
export function policiesWithGauges(lane: Lane): Set<string> {
  const policies = new Set<string>();
  for (const pair of lane.pairs.values()) {
    if (pair.active_flows !== 0) policies.add(pair.policy_id);
  }
  return policies;
}
