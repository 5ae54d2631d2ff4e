import type { DecodedReport } from '../../report/decode-report.ts';
import { pairKey } from '../../totals/pair-key.ts';
import { estimatedOf } from './boot-counts.ts';
import { type IdlePair, type IdlePairs, NO_IDLE_PAIRS } from './idle-pairs.ts';
import { type Lane, type LanePair, NOT_NAMED } from './lane.ts';
import type { LaneState } from './lane-state.ts';
import { NO_RATE } from './pair-rate.ts';

/**
 * A pair of the lane, idle or not, in the form of the lane's own pairs; undefined if the lane has
 * no counts of it.
 */
export function pairOf(state: LaneState, key: string): LanePair | undefined {
  const { lane } = state;
  const held = lane.pairs.get(key);
  if (held || lane.idle_version === 0) return held;
  for (const { pairs } of idlePairsOf(state)) {
    const idle = pairs.get(key);
    if (idle) return activePair(idle, lane.boot_id);
  }
  return undefined;
}

/** The lane's idle pairs. They must have been read where {@link needsIdlePairs} says so. */
export function idlePairsOf({ lane, idle }: Pick<LaneState, 'lane' | 'idle'>): IdlePairs {
  if (lane.idle_version === 0) return NO_IDLE_PAIRS;
  if (!idle) throw new Error(`The idle pairs of ${lane.edge_id}, part ${lane.part}, were not read.`);
  return idle;
}

/**
 * Whether folding a report needs the lane's idle pairs: the report is of another boot, or names a
 * pair that is new to its boot.
 */
export function needsIdlePairs(lane: Lane, { report }: DecodedReport): boolean {
  if (lane.idle_version === 0) return false;
  return (
    report.boot_id !== lane.boot_id ||
    report.policies.some(pair => (lane.pairs.get(pairKey(pair))?.seq ?? NOT_NAMED) === NOT_NAMED)
  );
}

/** Counts of another boot than the current one become earlier counts. */
function activePair({ boot_id, ...pair }: IdlePair, current_boot: string): LanePair {
  const back = { ...pair, active_flows: 0, rate: NO_RATE, named_hour: 0 };
  if (boot_id === current_boot) return back;
  return {
    ...back,
    seq: NOT_NAMED,
    packets: 0n,
    bytes: 0n,
    earlier_packets: pair.earlier_packets + pair.packets,
    earlier_bytes: pair.earlier_bytes + pair.bytes,
    estimated: false,
    earlier_estimated: pair.earlier_estimated + estimatedOf(pair),
  };
}
