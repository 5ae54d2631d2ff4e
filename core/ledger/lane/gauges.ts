import type { Lane, LanePair } from './lane.ts';
import { addCounterChange, type CounterChange, type LaneState } from './lane-state.ts';

/** Sets a lane's active flows to 0 and subtracts them from the counters. */
export function withdrawGauges(state: LaneState): LaneState {
  const { lane, changes } = state;
  const counters = new Map(changes.counters);
  const pairs = new Map<string, LanePair>();
  for (const [key, pair] of lane.pairs) pairs.set(key, withdrawGauge(pair, counters));
  return { ...state, lane: { ...lane, pairs }, changes: { ...changes, counters } };
}

/** A pair without active flows; they are subtracted from the policy's change in `counters`. */
export function withdrawGauge(pair: LanePair, counters: Map<string, CounterChange>): LanePair {
  if (pair.active_flows === 0) return pair;
  addCounterChange(counters, pair.policy_id, { packets: 0n, bytes: 0n, active_flows: -pair.active_flows });
  return { ...pair, active_flows: 0 };
}

/** The policies whose counters hold a gauge of the lane. */
export function policiesWithGauges(lane: Lane): Set<string> {
  const policies = new Set<string>();
  for (const pair of lane.pairs.values()) {
    if (pair.active_flows !== 0) policies.add(pair.policy_id);
  }
  return policies;
}
