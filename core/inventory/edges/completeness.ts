import type { Lane } from '../../ledger/lane/lane.ts';
import { isSilent, type SilenceOptions } from '../../ledger/lane/silence.ts';
import { inService, type ServedEdge } from './edge-service.ts';

/** How much of the network a figure covers. */
export interface Completeness {
  edges_expected: number;
  edges_heard: number;
}

/**
 * A time of which an expected edge's report is missing, milliseconds; `to` is exclusive, and
 * infinite while it goes on.
 */
export interface Silence {
  from: number;
  to: number;
}

type Heard = Pick<Lane, 'edge_id' | 'part' | 'parts' | 'sent_at_ms' | 'last_heard_at_ms' | 'interval_s'>;

interface HeardLanes extends Pick<Heard, 'parts' | 'sent_at_ms' | 'interval_s'> {
  /** By part. */
  last_heard: Map<number, number>;
  /** A lane of it was not looked at again: what it says is of an earlier reading. */
  outdated: boolean;
}

/**
 * Which edges were heard of, collected lane by lane. Reports carry totals since boot, so an edge is
 * complete up to its newest report, whatever was lost before; an edge in several parts up to the
 * oldest of its parts' newest reports.
 */
export class HeardEdges {
  readonly #edges: readonly ServedEdge[];
  readonly #ids: ReadonlySet<string>;
  readonly #now_ms: number;
  readonly #silence: SilenceOptions;
  readonly #lanes = new Map<string, HeardLanes>();

  /** @param edges all edges that were ever registered, the retired ones included */
  constructor(edges: readonly ServedEdge[], now_ms: number, silence: SilenceOptions = {}) {
    this.#edges = edges;
    this.#ids = new Set(edges.map(({ id }) => id));
    this.#now_ms = now_ms;
    this.#silence = silence;
  }

  /**
   * Adds a lane. One that was only read before, `outdated`, says of its edge up to when it is
   * covered; behind that it counts as not heard, whatever has come meanwhile.
   */
  add(
    { edge_id, part, parts, sent_at_ms, last_heard_at_ms, interval_s }: Heard,
    { outdated = false }: { outdated?: boolean } = {},
  ): void {
    if (!this.#ids.has(edge_id)) return;
    const lanes = this.#lanes.get(edge_id);
    if (!lanes) {
      const last_heard = new Map([[part, last_heard_at_ms]]);
      this.#lanes.set(edge_id, { parts, sent_at_ms, interval_s, last_heard, outdated });
      return;
    }
    lanes.last_heard.set(part, last_heard_at_ms);
    lanes.outdated ||= outdated;
    if (sent_at_ms > lanes.sent_at_ms) Object.assign(lanes, { parts, sent_at_ms, interval_s });
  }

  /**
   * Edges that were in service at an instant, and those of them that were not silent when the lanes
   * were read.
   */
  completenessAt(at_ms: number): Completeness {
    const expected = this.#edges.filter(edge => inService(edge, at_ms));
    const heard = expected.filter(edge => !this.#isOverdue(edge, this.#heardUntil(edge), this.#now_ms));
    return { edges_expected: expected.length, edges_heard: heard.length };
  }

  /**
   * The edges that are in service and silent, and since when, milliseconds. One that has not
   * reported since it was registered is silent once it has had the time to.
   */
  silentNow(): Map<string, number> {
    const silent = new Map<string, number>();
    for (const edge of this.#edges) {
      const period = edge.service.find(({ from, to }) => from <= this.#now_ms && this.#now_ms < to);
      if (!period) continue;
      const until = this.#heardUntil(edge);
      if (!this.#isOverdue(edge, Math.max(until, period.from), this.#now_ms)) continue;
      silent.set(edge.id, until < period.from ? period.from : until + 1);
    }
    return silent;
  }

  /**
   * The times that no report covers: of edges that are silent, and of those that were silent when
   * they were retired.
   */
  silences(): Silence[] {
    const found: Silence[] = [];
    for (const edge of this.#edges) {
      const until = this.#heardUntil(edge);
      for (const { from, to } of edge.service) {
        if (until < to && this.#isOverdue(edge, until, Math.min(to, this.#now_ms))) {
          // What arrived at an instant covers it.
          found.push({ from: Math.max(from, until + 1), to });
        }
      }
    }
    return found;
  }

  // The interval that an edge is registered with counts beside the one that it reports: between two
  // reports it is not silent.
  #isOverdue(
    { id, interval_s: registered_s }: ServedEdge,
    last_heard_at_ms: number,
    now_ms: number,
  ): boolean {
    const lanes = this.#lanes.get(id);
    if (lanes?.outdated) return true;
    const interval_s = Math.max(registered_s, lanes?.interval_s ?? 0);
    return isSilent({ last_heard_at_ms, interval_s }, now_ms, this.#silence);
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
