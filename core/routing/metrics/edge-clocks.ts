import { LRUCache } from 'lru-cache';

const MAX_EDGES = 10_000;

/**
 * Reports that an edge's clock is told from. An edge sends at most two reports late in a row (one
 * that was tried, one that waited), so one of three was sent when it says.
 */
const REPORTS = 3;

/** How far a clock is ahead, by the last of its reports. Milliseconds; below 0 it is behind. */
function clockSkew(sentBeforeArrival_ms: readonly number[]): number {
  return Math.max(...sentBeforeArrival_ms);
}

/** Keeps the last reports of a clock. */
function withReport(
  known: readonly number[],
  { sent_at_ms, arrived_at_ms }: { sent_at_ms: number; arrived_at_ms: number },
): number[] {
  return [...known, sent_at_ms - arrived_at_ms].slice(-REPORTS);
}

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
    const reports = withReport(this.#known.get(key) ?? [], report);
    this.#known.set(key, reports);
    return clockSkew(reports);
  }
}

/**
 * When something was measured by the functions' clock: as long before the report was sent as the
 * edge says, whatever its clock shows, and never after the report arrived. Milliseconds since the
 * Unix epoch.
 */
export function placedAt({
  measured_at_ms,
  arrived_at_ms,
  skew_ms,
}: {
  measured_at_ms: number;
  arrived_at_ms: number;
  skew_ms: number;
}): number {
  return Math.min(arrived_at_ms, measured_at_ms - skew_ms);
}
