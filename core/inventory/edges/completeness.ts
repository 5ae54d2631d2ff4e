import type { Lane } from '../../ledger/lane/lane.ts';
import { isSilent, type SilenceOptions } from '../../ledger/lane/silence.ts';

/** How much of the network a figure covers. */
export interface Completeness {
  edges_expected: number;
  edges_heard: number;
}

/** Counts, lane by lane, the expected edges that were heard of at an instant: those with a lane that isn't silent. */
export class HeardEdges {
  readonly #expected: ReadonlySet<string>;
  readonly #now_ms: number;
  readonly #silence: SilenceOptions;
  readonly #heard = new Set<string>();

  /** @param expected ids of the registered edges that are not retired */
  constructor(expected: ReadonlySet<string>, now_ms: number, silence: SilenceOptions = {}) {
    this.#expected = expected;
    this.#now_ms = now_ms;
    this.#silence = silence;
  }

  add(lane: Pick<Lane, 'edge_id' | 'last_heard_at_ms' | 'interval_s'>): void {
    if (!this.#expected.has(lane.edge_id)) return;
    if (!isSilent(lane, this.#now_ms, this.#silence)) this.#heard.add(lane.edge_id);
  }

  get completeness(): Completeness {
    return { edges_expected: this.#expected.size, edges_heard: this.#heard.size };
  }
}
