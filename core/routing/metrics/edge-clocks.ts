import { LRUCache } from 'lru-cache';
import { clockSkew, withReportTime } from '../../ledger/lane/clock-skew.ts';

/** As many as a full shard brings. */
const MAX_EDGES = 60_000;

/** The clocks of the edges that report to this function. */
export class EdgeClocks {
  readonly #known = new LRUCache<string, number[]>({ max: MAX_EDGES });

  /**
   * How far the edge's clock is ahead, now that one more report of this part has arrived.
   * Milliseconds.
   */
  skewOf(
    { edge_id, part }: { edge_id: string; part: number },
    report: { sent_at_ms: number; arrived_at_ms: number },
  ): number {
    const key = `${part} ${edge_id}`;
    const reports = withReportTime(this.#known.get(key) ?? [], report);
    this.#known.set(key, reports);
    return clockSkew(reports);
  }
}
