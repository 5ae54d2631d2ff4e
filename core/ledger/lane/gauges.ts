import type { Lane, LanePair } from './lane.ts';
import { addCounterChange, type CounterChange, type LaneState } from './lane-state.ts';
import { bitRate, NO_RATE, packetRate, ratedPairs } from './pair-rate.ts';

/**
 * Sets a lane's active flows to 0 and its rates to unknown, and subtracts both from the counters.
 */
export function withdrawGauges(state: LaneState): LaneState {
  const { lane, changes } = state;
  const counters = new Map(changes.counters);
  const pairs = new Map<string, LanePair>();
  for (const [key, pair] of lane.pairs) pairs.set(key, withdrawGauge(pair, counters));
  return { ...state, lane: { ...lane, rated_ms: undefined, pairs }, changes: { ...changes, counters } };
}

/**
 * The pair without active flows and rate. Both are subtracted from the policy's change in
 * `counters`.
 */
export function withdrawGauge(pair: LanePair, counters: Map<string, CounterChange>): LanePair {
  if (!hasGauges(pair)) return pair;
  addCounterChange(counters, pair.policy_id, {
    packets: 0n,
    bytes: 0n,
    active_flows: -pair.active_flows,
    bit_rate: 0 - bitRate(pair.rate),
    packet_rate: 0 - packetRate(pair.rate),
    rated_pairs: 0 - ratedPairs(pair.rate),
  });
  return { ...pair, active_flows: 0, rate: NO_RATE };
}

/** The policies whose counters include a gauge of the lane. */
export function policiesWithGauges(lane: Lane): Set<string> {
  const policies = new Set<string>();
  for (const pair of lane.pairs.values()) {
    if (hasGauges(pair)) policies.add(pair.policy_id);
  }
  return policies;
}

/**
 * Whether the counters include a gauge of the pair, which has to be subtracted once its edge is
 * silent.
 */
export function hasGauges({ active_flows, rate }: Pick<LanePair, 'active_flows' | 'rate'>): boolean {
  return active_flows !== 0 || rate !== NO_RATE;
}
