import type { FlowRecord } from '../totals/flow-record.ts';
import { isOtherFlows } from '../totals/other-flows.ts';
import { type LoggedReport, tooManyFlows } from './flow-log-store.ts';

/** Two edges that seem to see the same packets. */
export interface DuplicatePair {
  /** In the order of their ids. */
  edge_ids: [string, string];
  /** Number of large flows that both edges reported. */
  flows: number;
  /** Bytes of these flows that are counted twice: for each flow the smaller of the two figures. */
  bytes: bigint;
}

/** Smaller records are ignored, so that only a site's largest flows use memory. Layer-3 bytes. */
const MIN_RECORD_BYTES = 10_000n;

/** Size from which a flow is large: layer-3 bytes at each of the two edges in the window. */
const MIN_FLOW_BYTES = 1_000_000n;

/**
 * Figures are similar if the smaller one is at least this share of the larger one, in per cent. The
 * intervals of two edges don't end at the same time.
 */
const SIMILAR_PERCENT = 80n;

const MAX_FLOWS = 200_000;

interface EdgeSum {
  bytes: bigint;
  first: string;
  last: string;
}

/**
 * Finds flows that two edges of one site reported: the same 5-tuple at about the same time with
 * about the same bytes. An edge doesn't know that another one counts the same packets. If this
 * happens, the totals of the site are too high.
 */
export class DuplicateFlows {
  /** By 5-tuple, then by edge. */
  readonly #flows = new Map<string, Map<string, EdgeSum>>();
  readonly #maxFlows: number;

  constructor({ maxFlows = MAX_FLOWS }: { maxFlows?: number } = {}) {
    this.#maxFlows = maxFlows;
  }

  /** Adds a report of the site. @throws ValidationError if there are more large flows than fit */
  add({ edge_id, flows }: Pick<LoggedReport, 'edge_id' | 'flows'>): void {
    for (const flow of flows) {
      if (flow.bytes < MIN_RECORD_BYTES || isOtherFlows(flow)) continue;
      const key = fiveTuple(flow);
      const edges = this.#flows.get(key) ?? new Map<string, EdgeSum>();
      this.#flows.set(key, edges);
      edges.set(edge_id, sumOf(edges.get(edge_id), flow));
    }
    if (this.#flows.size > this.#maxFlows) throw tooManyFlows();
  }

  /** The pairs of edges that reported the same large flows, most bytes first. */
  pairs(): DuplicatePair[] {
    const pairs = new Map<string, DuplicatePair>();
    for (const edges of this.#flows.values()) {
      const large = [...edges].filter(([, { bytes }]) => bytes >= MIN_FLOW_BYTES);
      large.sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [index, [one, sum]] of large.entries()) {
        for (const [other, otherSum] of large.slice(index + 1)) {
          if (!isSimilar(sum, otherSum)) continue;
          const key = JSON.stringify([one, other]);
          const pair = pairs.get(key) ?? { edge_ids: [one, other], flows: 0, bytes: 0n };
          pair.flows++;
          pair.bytes += smaller(sum.bytes, otherSum.bytes);
          pairs.set(key, pair);
        }
      }
    }
    return [...pairs]
      .sort(([a, x], [b, y]) => (x.bytes === y.bytes ? (a < b ? -1 : 1) : x.bytes < y.bytes ? 1 : -1))
      .map(([, pair]) => pair);
  }
}

function fiveTuple({ src, src_port, dst, dst_port, protocol }: FlowRecord): string {
  return `${src} ${src_port} ${dst} ${dst_port} ${protocol}`;
}

function sumOf(before: EdgeSum | undefined, { bytes, first, last }: FlowRecord): EdgeSum {
  if (!before) return { bytes, first, last };
  return {
    bytes: before.bytes + bytes,
    first: first < before.first ? first : before.first,
    last: last > before.last ? last : before.last,
  };
}

// The times must overlap: a flow that moved from one edge to the other was at one of them at a
// time.
function isSimilar(a: EdgeSum, b: EdgeSum): boolean {
  const [less, more] = a.bytes < b.bytes ? [a.bytes, b.bytes] : [b.bytes, a.bytes];
  return a.first <= b.last && b.first <= a.last && less * 100n >= more * SIMILAR_PERCENT;
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
