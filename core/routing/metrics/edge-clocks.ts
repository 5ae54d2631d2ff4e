import { LRUCache } from 'lru-cache';
import { clockSkew, withReportTime } from '../../ledger/lane/clock-skew.ts';

/** The edges of a full shard. */
const MAX_EDGES = 60_000;

/** The clocks of the edges that report to this function. */
export class EdgeClocks {
  readonly #known = new LRUCache<string, number[]>({ max: MAX_EDGES });

  /**
   * Adds the times of one more report of an edge's part, and returns how far the edge's clock is
   * ahead in milliseconds.
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
