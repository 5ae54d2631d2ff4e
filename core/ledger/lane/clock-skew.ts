/**
 * Reports by which an edge's clock is judged. An edge sends at most two reports late in a row (one
 * that it tried to send, one that waited), so at least one of three was sent at its `sent_at`.
 */
const REPORTS = 3;

/** A clock that is more than this ahead is stored for a lane without paths too, milliseconds. */
const STORED_AHEAD_MS = 1000;

/** How far a clock is ahead, by its last reports, in milliseconds; negative: it is behind. */
export function clockSkew(ahead_ms: readonly number[]): number {
  return Math.max(...ahead_ms);
}

/**
 * How far the last reports were sent ahead of their arrival, by the edge's clock; the newest is at
 * the end.
 */
export function withReportTime(
  known: readonly number[],
  { sent_at_ms, arrived_at_ms }: { sent_at_ms: number; arrived_at_ms: number },
): number[] {
  return [...known, sent_at_ms - arrived_at_ms].slice(-REPORTS);
}

/** Whether a report shows a clock that is so far ahead that its time has to be stored. */
export function isFarAhead({
  sent_at_ms,
  arrived_at_ms,
}: {
  sent_at_ms: number;
  arrived_at_ms: number;
}): boolean {
  return sent_at_ms - arrived_at_ms > STORED_AHEAD_MS;
}

/**
 * The time of a measurement by the functions' clock, milliseconds since the Unix epoch: as long
 * before the report was sent as by the edge's clock, and never after the report's arrival.
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
