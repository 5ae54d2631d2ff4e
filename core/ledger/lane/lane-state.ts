import type { Boot } from './boot.ts';
import type { IdlePairs, IdleSegment } from './idle-pairs.ts';
import type { Lane } from './lane.ts';

/**
 * A lane with the boots that its reports may name, and its changes since it was stored. Immutable.
 */
export interface LaneState {
  readonly lane: Lane;
  /** The lane's idle pairs; undefined if no report needs them and they were not read. */
  readonly idle: IdlePairs | undefined;
  /** Boots that are not current, by id. */
  readonly boots: ReadonlyMap<string, Boot>;
  /** The stored numbers of parts of the edge's boots, by boot id. */
  readonly parts: ReadonlyMap<string, number>;
  readonly changes: LaneChanges;
}

/** Changes that are written in one transaction with a lane. */
export interface LaneChanges {
  /** By policy id. */
  readonly counters: ReadonlyMap<string, CounterChange>;
  /** Boots whose items are written again, by id. */
  readonly boots: ReadonlyMap<string, Boot>;
  /** The numbers of parts of boots that are new to the lane, by boot id. */
  readonly parts: ReadonlyMap<string, number>;
  /** Idle segments that the lane names but that aren't stored yet. */
  readonly idle: readonly IdleSegment[];
}

/** A change of a policy's counters; negative if a gauge falls. */
export interface CounterChange {
  readonly packets: bigint;
  readonly bytes: bigint;
  readonly active_flows: number;
  /** Gauges: bits a second, and thousandths of a packet a second. Whole numbers. */
  readonly bit_rate: number;
  readonly packet_rate: number;
  /** A gauge: the number of pairs whose rates are known. */
  readonly rated_pairs: number;
  /** The estimated part of the bytes; 0 when left out, as in nearly all changes. */
  readonly estimated_bytes?: bigint;
}

export const NO_CHANGES: LaneChanges = {
  counters: new Map(),
  boots: new Map(),
  parts: new Map(),
  idle: [],
};

/** Adds a change to the policy's change in `counters`. */
export function addCounterChange(
  counters: Map<string, CounterChange>,
  policy_id: string,
  change: CounterChange,
): void {
  const known = counters.get(policy_id);
  if (!known) {
    counters.set(policy_id, change);
    return;
  }
  counters.set(policy_id, {
    packets: known.packets + change.packets,
    bytes: known.bytes + change.bytes,
    active_flows: known.active_flows + change.active_flows,
    bit_rate: known.bit_rate + change.bit_rate,
    packet_rate: known.packet_rate + change.packet_rate,
    rated_pairs: known.rated_pairs + change.rated_pairs,
    ...(known.estimated_bytes !== undefined || change.estimated_bytes !== undefined
      ? { estimated_bytes: (known.estimated_bytes ?? 0n) + (change.estimated_bytes ?? 0n) }
      : undefined),
  });
}
