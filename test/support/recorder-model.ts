import type { FlowKey } from '../../core/policy/flow-key.ts';
import { compilePolicies, type PolicyMatcher } from '../../core/policy/policy-match.ts';
import type { RecorderInterval } from '../../core/recorder/recorder.ts';
import type { FlowRecord } from '../../core/totals/flow-record.ts';

interface ModelFlow {
  key: FlowKey;
  policy_id: string;
  /** The policies have changed since its last match. */
  stale: boolean;
  packets: number;
  bytes: number;
  first_ms: number;
  last_ms: number;
}

interface Counted {
  packets: number;
  bytes: number;
  at_ms: number;
  /** Undefined if the policies decide. */
  policy_id: string | undefined;
}

/**
 * The recorder's behaviour in the simplest form: a Map of flows in the order of their last packets.
 */
export class RecorderModel {
  readonly #capacity: number;
  readonly #flows = new Map<string, ModelFlow>();
  readonly #totals = new Map<string, { packets: number; bytes: number }>();
  #matcher: PolicyMatcher = compilePolicies([]);
  #records: FlowRecord[] = [];
  evicted = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get flowCount(): number {
    return this.#flows.size;
  }

  setPolicies(matcher: PolicyMatcher): void {
    this.#matcher = matcher;
    for (const flow of this.#flows.values()) flow.stale = true;
  }

  record(key: FlowKey, { packets, bytes, at_ms, policy_id }: Counted): void {
    const id = JSON.stringify(key);
    const known = this.#flows.get(id);
    if (!known && this.#flows.size === this.#capacity) {
      const [oldest] = this.#flows.keys();
      this.#forget(oldest!);
      this.evicted += 1;
    }
    const kept = known && !known.stale ? known.policy_id : this.#matcher.match(key);
    const under = policy_id ?? kept;
    const flow = known ?? {
      key,
      policy_id: under,
      stale: false,
      packets: 0,
      bytes: 0,
      first_ms: 0,
      last_ms: 0,
    };
    if (flow.policy_id !== under) {
      this.#tell(flow);
      flow.policy_id = under;
    }
    flow.stale = false;
    if (flow.packets === 0) flow.first_ms = at_ms;
    flow.packets += packets;
    flow.bytes += bytes;
    flow.last_ms = at_ms;
    this.#flows.delete(id);
    this.#flows.set(id, flow);
    const total = this.#totals.get(under) ?? { packets: 0, bytes: 0 };
    this.#totals.set(under, { packets: total.packets + packets, bytes: total.bytes + bytes });
  }

  cleanup(idle_ms: number, now_ms: number): number {
    const stale = [...this.#flows].filter(([, flow]) => now_ms - flow.last_ms > idle_ms);
    for (const [id] of stale) this.#forget(id);
    return stale.length;
  }

  takeInterval(): RecorderInterval {
    for (const flow of this.#flows.values()) this.#tell(flow);
    const flows = this.#records;
    this.#records = [];
    const policies = [...this.#totals].map(([policy_id, { packets, bytes }]) => ({
      policy_id,
      endpoint_id: 'wan1',
      packets: BigInt(packets),
      bytes: BigInt(bytes),
      active_flows: [...this.#flows.values()].filter(flow => flow.policy_id === policy_id).length,
    }));
    return this.sorted({ policies, flows, unlisted: [] });
  }

  /** An interval in a comparable order. */
  sorted({ policies, flows, unlisted }: RecorderInterval): RecorderInterval {
    const text = (value: object) => Object.values(value).join(' ');
    return {
      policies: policies.toSorted((a, b) => (a.policy_id < b.policy_id ? -1 : 1)),
      flows: flows.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)),
      unlisted,
    };
  }

  #forget(id: string): void {
    this.#tell(this.#flows.get(id)!);
    this.#flows.delete(id);
  }

  #tell(flow: ModelFlow): void {
    if (flow.packets > 0) {
      this.#records.push({
        policy_id: flow.policy_id,
        endpoint_id: 'wan1',
        ...flow.key,
        packets: BigInt(flow.packets),
        bytes: BigInt(flow.bytes),
        first: new Date(flow.first_ms).toISOString(),
        last: new Date(flow.last_ms).toISOString(),
      });
    }
    flow.packets = 0;
    flow.bytes = 0;
  }
}
