import type { FlowRecord } from '../totals/flow-record.ts';

/** The sum of flow increments that couldn't be listed one by one. */
export interface UnlistedFlows {
  policy_id: string;
  endpoint_id: string;
  /** How many flow records are summed here. */
  flows: number;
  packets: bigint;
  bytes: bigint;
}

/**
 * How many records are listed before the rest is summed: keeps memory bounded in a flood of new
 * flows.
 */
const LISTED_FLOWS = 4096;

/**
 * Flow increments of this interval whose entry in the flow table was given up or went to another
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

  /** All of it, and begins anew. */
  take(): { listed: FlowRecord[]; unlisted: UnlistedFlows[] } {
    const taken = { listed: this.#listed, unlisted: [...this.#unlisted.values()] };
    this.#listed = [];
    this.#unlisted = new Map();
    return taken;
  }
}
