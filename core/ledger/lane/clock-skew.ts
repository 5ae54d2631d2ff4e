/**
 * Reports that an edge's clock is told from. An edge sends at most two reports late in a row (one
 * that was tried, one that waited), so one of three was sent when it says.
 */
const REPORTS = 3;

/** From here on a clock that is ahead is kept of a lane without paths too, milliseconds. */
const NOTED_AHEAD_MS = 1000;

/** How far a clock is ahead, by the last of its reports. Milliseconds; below 0 it is behind. */
export function clockSkew(sentBeforeArrival_ms: readonly number[]): number {
  return Math.max(...sentBeforeArrival_ms);
}

/**
 * By how much the last reports were sent before they arrived, each by its own clock; newest last.
 */
export function withReportTime(
  known: readonly number[],
  { sent_at_ms, arrived_at_ms }: { sent_at_ms: number; arrived_at_ms: number },
): number[] {
  return [...known, sent_at_ms - arrived_at_ms].slice(-REPORTS);
}

/**
 * Whether a report's time has to be kept: measurements are placed by it, or it shows a clock that
 * is ahead.
 */
export function isNoted({
  sent_at_ms,
  arrived_at_ms,
}: {
  sent_at_ms: number;
  arrived_at_ms: number;
}): boolean {
  return sent_at_ms - arrived_at_ms > NOTED_AHEAD_MS;
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
