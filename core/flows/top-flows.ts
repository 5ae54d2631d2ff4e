import { isOtherFlows } from '../traffic/other-flows.ts';
import type { FlowRecord } from '../traffic/report.ts';
import type { FlowMatcher } from './flow-filter.ts';
import { type LoggedReport, tooMuch } from './flow-log-reader.ts';

/** Distinct flows that fit the function's memory. */
const MAX_FLOWS = 400_000;

/** What a flow carried in a window, over all reports and endpoints of its site. */
export interface TopFlow extends Omit<FlowRecord, 'endpoint_id'> {
  site_id: string;
}

export interface Sum {
  packets: bigint;
  bytes: bigint;
}

export interface TopFlows {
  flows: TopFlow[];
  /** What the flows past the limit and those that no report lists carried. */
  other: Sum;
  total: Sum;
  /** Distinct flows that were listed. */
  distinct: number;
  /** Reports that the figures are made of. */
  reports: number;
}

/** Adds up logged flows: the same 5-tuple at the same site under the same policy is one flow. */
export class FlowSums {
  readonly #flows = new Map<string, { site_id: string; flow: FlowRecord }>();
  readonly #total: Sum = { packets: 0n, bytes: 0n };
  readonly #matches: FlowMatcher;
  readonly #maxFlows: number;
  #reports = 0;

  constructor(matches: FlowMatcher, { maxFlows = MAX_FLOWS }: { maxFlows?: number } = {}) {
    this.#matches = matches;
    this.#maxFlows = maxFlows;
  }

  /** @throws ValidationError when there are more distinct flows than fit */
  add({ site_id, flows }: LoggedReport): void {
    this.#reports++;
    for (const flow of flows) {
      if (!this.#matches(flow)) continue;
      this.#total.packets += flow.packets;
      this.#total.bytes += flow.bytes;
      if (!isOtherFlows(flow)) this.#addFlow(site_id, flow);
    }
    if (this.#flows.size > this.#maxFlows) throw tooMuch();
  }

  #addFlow(site_id: string, flow: FlowRecord): void {
    const { policy_id, src, src_port, dst, dst_port, protocol } = flow;
    const key = `${src}\u0000${src_port}\u0000${dst}\u0000${dst_port}\u0000${protocol}\u0000${policy_id}\u0000${site_id}`;
    const known = this.#flows.get(key);
    if (!known) {
      this.#flows.set(key, { site_id, flow });
      return;
    }
    const sum = known.flow;
    known.flow = {
      ...sum,
      packets: sum.packets + flow.packets,
      bytes: sum.bytes + flow.bytes,
      first: flow.first < sum.first ? flow.first : sum.first,
      last: flow.last > sum.last ? flow.last : sum.last,
    };
  }

  /** The largest by bytes; equals in the order of their keys, so that the same logs give the same answer. */
  largest(limit: number): TopFlows {
    const threshold = this.#threshold(limit);
    const flows = [...this.#flows]
      .filter(([, { flow }]) => flow.bytes >= threshold)
      .sort(
        (
          [
            a,
            {
              flow: { bytes: x },
            },
          ],
          [
            b,
            {
              flow: { bytes: y },
            },
          ],
        ) => (x === y ? (a < b ? -1 : 1) : x < y ? 1 : -1),
      )
      .slice(0, limit)
      .map(
        ([
          ,
          {
            site_id,
            flow: { endpoint_id, ...flow },
          },
        ]) => ({ site_id, ...flow }),
      );
    const other = { ...this.#total };
    for (const { packets, bytes } of flows) {
      other.packets -= packets;
      other.bytes -= bytes;
    }
    const { size: distinct } = this.#flows;
    return { flows, other, total: { ...this.#total }, distinct, reports: this.#reports };
  }

  // Sorting plain numbers is far quicker than sorting flows. Rounded down, so that no flow of the answer falls below.
  #threshold(limit: number): bigint {
    if (this.#flows.size <= limit) return 0n;
    const sizes = Float64Array.from(this.#flows.values(), ({ flow }) => Number(flow.bytes)).sort();
    const at = sizes[sizes.length - limit]!;
    return at <= Number.MAX_SAFE_INTEGER ? BigInt(at) : BigInt(Math.floor(at * (1 - Number.EPSILON)));
  }
}
