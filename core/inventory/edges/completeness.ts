import type { Lane } from '../../ledger/lane/lane.ts';
import { isSilent } from '../../ledger/lane/silence.ts';
import { inService, type ServedEdge } from './edge-service.ts';

/** How much of the network a figure covers. */
export interface Completeness {
  edges_expected: number;
  edges_heard: number;
}

/** A time of which an expected edge's report is missing, milliseconds; `to` is exclusive, and infinite while it goes on. */
export interface Silence {
  from: number;
  to: number;
}

/** Intervals that an edge may miss before it is silent, and the longest interval that is believed, seconds. */
const MISSED_INTERVALS = 3;
const MAX_INTERVAL_S = 3600;

type Heard = Pick<Lane, 'edge_id' | 'part' | 'parts' | 'sent_at_ms' | 'last_heard_at_ms'>;

interface HeardLanes {
  parts: number;
  sent_at_ms: number;
  /** By part. */
  last_heard: Map<number, number>;
}

/**
 * Which edges were heard of, collected lane by lane. Reports carry totals since boot, so an edge is complete up to its newest report,
 * whatever was lost before; an edge in several parts up to the oldest of its parts' newest reports.
 */
export class HeardEdges {
  readonly #edges: readonly ServedEdge[];
  readonly #ids: ReadonlySet<string>;
  readonly #now_ms: number;
  readonly #lanes = new Map<string, HeardLanes>();

  /** @param edges all edges that were ever registered, the retired ones included */
  constructor(edges: readonly ServedEdge[], now_ms: number) {
    this.#edges = edges;
    this.#ids = new Set(edges.map(({ id }) => id));
    this.#now_ms = now_ms;
  }

  add({ edge_id, part, parts, sent_at_ms, last_heard_at_ms }: Heard): void {
    if (!this.#ids.has(edge_id)) return;
    const lanes = this.#lanes.get(edge_id);
    if (!lanes) {
      this.#lanes.set(edge_id, { parts, sent_at_ms, last_heard: new Map([[part, last_heard_at_ms]]) });
      return;
    }
    lanes.last_heard.set(part, last_heard_at_ms);
    if (sent_at_ms > lanes.sent_at_ms) Object.assign(lanes, { parts, sent_at_ms });
  }

  /** Edges that were in service at an instant, and those of them that were not silent when the lanes were read. */
  completenessAt(at_ms: number): Completeness {
    const expected = this.#edges.filter(edge => inService(edge, at_ms));
    const heard = expected.filter(edge => !isOverdue(edge, this.#heardUntil(edge), this.#now_ms));
    return { edges_expected: expected.length, edges_heard: heard.length };
  }

  /** The times that no report covers: of edges that are silent, and of those that were silent when they were retired. */
  silences(): Silence[] {
    const found: Silence[] = [];
    for (const edge of this.#edges) {
      const until = this.#heardUntil(edge);
      for (const { from, to } of edge.service) {
        if (until < to && isOverdue(edge, until, Math.min(to, this.#now_ms))) {
          // What arrived at an instant covers it.
          found.push({ from: Math.max(from, until + 1), to });
        }
      }
    }
    return found;
  }

  #heardUntil({ id }: ServedEdge): number {
    const lanes = this.#lanes.get(id);
    if (!lanes) return Number.NEGATIVE_INFINITY;
    let until = Number.POSITIVE_INFINITY;
    for (let part = 0; part < lanes.parts; part++) {
      until = Math.min(until, lanes.last_heard.get(part) ?? Number.NEGATIVE_INFINITY);
    }
    return until;
  }
}

// The interval that an edge is registered with counts beside the one that it reports: between two reports it is not silent.
function isOverdue({ interval_s }: ServedEdge, last_heard_at_ms: number, now_ms: number): boolean {
  const patience_ms = MISSED_INTERVALS * Math.min(interval_s, MAX_INTERVAL_S) * 1000;
  return last_heard_at_ms <= now_ms - patience_ms && isSilent({ last_heard_at_ms }, now_ms);
}
