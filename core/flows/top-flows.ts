import type { FlowRecord } from '../totals/flow-record.ts';
import { isOtherFlows } from '../totals/other-flows.ts';
import type { FlowMatcher } from './flow-filter.ts';
import { hashFlow, isSameFlow } from './flow-identity.ts';
import { type LoggedReport, tooManyFlows } from './flow-log-store.ts';

/** Maximum number of distinct flows in the function's memory. */
const MAX_FLOWS = 400_000;

/** The traffic of a flow in a window, over all reports and endpoints of its site. */
export interface TopFlow extends Omit<FlowRecord, 'endpoint_id'> {
  site_id: string;
}

export interface Sum {
  packets: bigint;
  bytes: bigint;
}

export interface TopFlows {
  flows: TopFlow[];
  /** Traffic of flows beyond the limit and of flows that no report lists. */
  other: Sum;
  total: Sum;
  /** Number of distinct listed flows. */
  distinct: number;
  /** Number of reports that were used. */
  reports: number;
}

/**
 * Sums logged flows: the same 5-tuple at the same site under the same policy is one flow. Flows are
 * found by a hash of their fields, because building a text as key for each of a hundred thousand
 * flows would be slow (docs/performance.md).
 */
export class FlowSums {
  /**
   * By site, then by hash. If two flows have the same hash, the second one is at the next free
   * number.
   */
  readonly #sites = new Map<string, Map<number, FlowRecord>>();
  readonly #total: Sum = { packets: 0n, bytes: 0n };
  readonly #matches: FlowMatcher;
  readonly #maxFlows: number;
  readonly #hash: (flow: FlowRecord) => number;
  #distinct = 0;
  #reports = 0;

  constructor(
    matches: FlowMatcher,
    {
      maxFlows = MAX_FLOWS,
      hash = hashFlow,
    }: { maxFlows?: number; hash?: (flow: FlowRecord) => number } = {},
  ) {
    this.#matches = matches;
    this.#maxFlows = maxFlows;
    this.#hash = hash;
  }

  /** @throws ValidationError if there are more distinct flows than fit */
  add({ site_id, flows }: LoggedReport): void {
    this.#reports++;
    const known = this.#sites.get(site_id) ?? new Map<number, FlowRecord>();
    this.#sites.set(site_id, known);
    const before = known.size;
    for (const flow of flows) {
      if (!this.#matches(flow)) continue;
      this.#total.packets += flow.packets;
      this.#total.bytes += flow.bytes;
      if (!isOtherFlows(flow)) this.#addFlow(known, flow);
    }
    this.#distinct += known.size - before;
    if (this.#distinct > this.#maxFlows) throw tooManyFlows();
  }

  #addFlow(known: Map<number, FlowRecord>, flow: FlowRecord): void {
    let place = this.#hash(flow);
    let sum = known.get(place);
    while (sum && !isSameFlow(sum, flow)) {
      place = (place + 1) | 0;
      sum = known.get(place);
    }
    if (!sum) {
      known.set(place, flow);
      return;
    }
    known.set(place, {
      ...sum,
      packets: sum.packets + flow.packets,
      bytes: sum.bytes + flow.bytes,
      first: flow.first < sum.first ? flow.first : sum.first,
      last: flow.last > sum.last ? flow.last : sum.last,
    });
  }

  /**
   * The largest flows. Equal sizes are ordered by their fields, so that the same logs give the same
   * answer.
   */
  largest(limit: number, order_by: 'BYTES' | 'PACKETS' = 'BYTES'): TopFlows {
    const size = order_by === 'BYTES' ? 'bytes' : 'packets';
    const threshold = this.#threshold(limit, size);
    const large: TopFlow[] = [];
    for (const [site_id, known] of this.#sites) {
      for (const flow of known.values()) {
        if (flow[size] >= threshold) large.push(topFlow(site_id, flow));
      }
    }
    large.sort((a, b) =>
      a[size] === b[size] ? (fieldsOf(a) < fieldsOf(b) ? -1 : 1) : a[size] < b[size] ? 1 : -1,
    );
    const flows = large.slice(0, limit);
    const other = { ...this.#total };
    for (const { packets, bytes } of flows) {
      other.packets -= packets;
      other.bytes -= bytes;
    }
    return { flows, other, total: { ...this.#total }, distinct: this.#distinct, reports: this.#reports };
  }

  /** The traffic of each policy's listed flows, and the number of distinct flows. */
  byPolicy(): Map<string, Sum & { flows: number }> {
    const sums = new Map<string, Sum & { flows: number }>();
    for (const known of this.#sites.values()) {
      for (const { policy_id, packets, bytes } of known.values()) {
        const sum = sums.get(policy_id) ?? { packets: 0n, bytes: 0n, flows: 0 };
        sum.packets += packets;
        sum.bytes += bytes;
        sum.flows += 1;
        sums.set(policy_id, sum);
      }
    }
    return sums;
  }

  // Sorting plain numbers is much faster than sorting flows. The threshold is rounded down, so that
  // no flow of the answer is below it.
  #threshold(limit: number, size: 'bytes' | 'packets'): bigint {
    if (this.#distinct <= limit) return 0n;
    const sizes = new Float64Array(this.#distinct);
    let index = 0;
    for (const known of this.#sites.values()) {
      for (const flow of known.values()) sizes[index++] = Number(flow[size]);
    }
    sizes.sort();
    const at = sizes[sizes.length - limit]!;
    return at <= Number.MAX_SAFE_INTEGER ? BigInt(at) : BigInt(Math.floor(at * (1 - Number.EPSILON)));
  }
}

function topFlow(site_id: string, { endpoint_id, ...flow }: FlowRecord): TopFlow {
  return { site_id, ...flow };
}

function fieldsOf({ src, src_port, dst, dst_port, protocol, policy_id, site_id }: TopFlow): string {
  return [src, src_port, dst, dst_port, protocol, policy_id, site_id].join('\u0000');
}
