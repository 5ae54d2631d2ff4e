import type { Lane } from '../../ledger/lane/lane.ts';
import { isSilent } from '../../ledger/lane/silence.ts';

/** How much of the network a figure covers. */
export interface Completeness {
  edges_expected: number;
  edges_heard: number;
}

/** Counts, lane by lane, the expected edges that were heard of at an instant: those with a lane that isn't silent. */
export class HeardEdges {
  readonly #expected: ReadonlySet<string>;
  readonly #now_ms: number;
  readonly #heard = new Set<string>();

  /** @param expected ids of the registered edges that are not retired */
  constructor(expected: ReadonlySet<string>, now_ms: number) {
    this.#expected = expected;
    this.#now_ms = now_ms;
  }

  add(lane: Pick<Lane, 'edge_id' | 'last_heard_at_ms'>): void {
    if (this.#expected.has(lane.edge_id) && !isSilent(lane, this.#now_ms)) this.#heard.add(lane.edge_id);
  }

  get completeness(): Completeness {
    return { edges_expected: this.#expected.size, edges_heard: this.#heard.size };
  }
}
