import type { Boot } from './boot.ts';

/** What a policy's counters gain; negative where a gauge falls. */
export interface CounterChange {
  packets: bigint;
  bytes: bigint;
  active_flows: number;
}

/** What has to be written beside a lane so that everything stays in step with it. */
export class LaneChanges {
  /** By policy id. */
  readonly counters = new Map<string, CounterChange>();
  /** Boots whose items are written again, by id. */
  readonly boots = new Map<string, Boot>();
  /** Boots that are new to the lane, with their number of parts. */
  readonly parts = new Map<string, number>();
  /** The lane had to be written, even if no number changed. */
  touched = false;

  add(policy_id: string, packets: bigint, bytes: bigint, active_flows: number): void {
    const known = this.counters.get(policy_id);
    if (!known) {
      this.counters.set(policy_id, { packets, bytes, active_flows });
      return;
    }
    known.packets += packets;
    known.bytes += bytes;
    known.active_flows += active_flows;
  }
}
