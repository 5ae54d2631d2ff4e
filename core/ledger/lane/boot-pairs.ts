import type { BootPair } from './boot.ts';
import { validIdlePairs } from './idle-pairs.ts';
import { NOT_NAMED } from './lane.ts';
import type { LaneState } from './lane-state.ts';
import { idlePairsOf } from './pair-of.ts';

/** All pairs that the lane's current boot has named, idle ones too. */
export function* bootPairsOf(state: Pick<LaneState, 'lane' | 'idle'>): Generator<BootPair, void> {
  const { lane } = state;
  for (const { policy_id, endpoint_id, packets, bytes, estimated, seq } of lane.pairs.values()) {
    if (seq !== NOT_NAMED) yield { policy_id, endpoint_id, packets, bytes, estimated, seq };
  }
  for (const pair of validIdlePairs({ pairs: lane.pairs, idle: idlePairsOf(state) })) {
    const { policy_id, endpoint_id, packets, bytes, estimated, seq } = pair;
    if (pair.boot_id === lane.boot_id) yield { policy_id, endpoint_id, packets, bytes, estimated, seq };
  }
}
