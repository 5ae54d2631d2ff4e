import type { FlowRecord } from '../totals/flow-record.ts';

/** The sum of flow increments that aren't listed one by one. */
export interface UnlistedFlows {
  policy_id: string;
  endpoint_id: string;
  /** The number of flow records in the sum. */
  flows: number;
  packets: bigint;
  bytes: bigint;
}

/**
 * This many records are listed and the rest is summed, so that memory stays bounded in a flood of
 * new flows.
 */
const LISTED_FLOWS = 4096;

/**
 * Flow increments of this interval whose entry was evicted from the flow table or moved to another
 * policy.
 */
export class IntervalSpill {
  #listed: FlowRecord[] = [];
  #unlisted = new Map<string, UnlistedFlows>();

  add(flow: FlowRecord): void {
    if (this.#listed.length < LISTED_FLOWS) {
      this.#listed.push(flow);
      return;
    }
    const { policy_id, endpoint_id } = flow;
    const key = JSON.stringify([policy_id, endpoint_id]);
    const sum = this.#unlisted.get(key) ?? { policy_id, endpoint_id, flows: 0, packets: 0n, bytes: 0n };
    sum.flows += 1;
    sum.packets += flow.packets;
    sum.bytes += flow.bytes;
    this.#unlisted.set(key, sum);
  }

  /** Returns all increments and clears them. */
  take(): { listed: FlowRecord[]; unlisted: UnlistedFlows[] } {
    const taken = { listed: this.#listed, unlisted: [...this.#unlisted.values()] };
    this.#listed = [];
    this.#unlisted = new Map();
    return taken;
  }
}
