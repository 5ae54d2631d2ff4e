import type { Lane } from '../../ledger/lane/lane.ts';
import { isSilent, type SilenceOptions } from '../../ledger/lane/silence.ts';
import { inService, type ServedEdge } from './edge-service.ts';

/** How much of the network a figure covers. */
export interface Completeness {
  edges_expected: number;
  edges_heard: number;
}

/**
 * A period without a report of an expected edge, milliseconds; `to` is exclusive, and infinite
 * while the silence lasts.
 */
export interface Silence {
  from: number;
  to: number;
}

type Heard = Pick<Lane, 'edge_id' | 'part' | 'parts' | 'sent_at_ms' | 'last_heard_at_ms' | 'interval_s'>;

interface HeardLanes extends Pick<Heard, 'parts' | 'sent_at_ms' | 'interval_s'> {
  /** By part. */
  last_heard: Map<number, number>;
  /** Whether one of its lanes is known from an earlier reading. */
  outdated: boolean;
}

/**
 * Which edges were heard from, collected lane by lane. Reports carry totals since boot, so an edge
 * is complete up to its newest report, whatever was lost before; an edge with several parts is
 * complete up to the oldest of its parts' newest reports.
 */
export class HeardEdges {
  readonly #edges: readonly ServedEdge[];
  readonly #ids: ReadonlySet<string>;
  readonly #now_ms: number;
  readonly #silence: SilenceOptions;
  readonly #lanes = new Map<string, HeardLanes>();

  /** @param edges all edges that were ever registered, including retired ones */
  constructor(edges: readonly ServedEdge[], now_ms: number, silence: SilenceOptions = {}) {
    this.#edges = edges;
    this.#ids = new Set(edges.map(({ id }) => id));
    this.#now_ms = now_ms;
    this.#silence = silence;
  }

  /**
   * Adds a lane. A lane of an earlier reading, `outdated`, shows how far its edge is complete; the
   * edge counts as not heard after that, although newer reports may exist.
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
   * The edges that are in service and silent, and since when, milliseconds. An edge that hasn't
   * reported since its registration becomes silent when its interval has passed.
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

  /** The periods without reports: of silent edges, and of edges that were silent at retirement. */
  silences(): Silence[] {
    const found: Silence[] = [];
    for (const edge of this.#edges) {
      const until = this.#heardUntil(edge);
      for (const { from, to } of edge.service) {
        if (until < to && this.#isOverdue(edge, until, Math.min(to, this.#now_ms))) {
          // A report covers the instant of its arrival.
          found.push({ from: Math.max(from, until + 1), to });
        }
      }
    }
    return found;
  }

  // An edge isn't silent between two reports, by the longer of its registered and its reported
  // interval.
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
