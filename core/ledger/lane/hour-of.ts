const HOUR_MS = 3_600_000;

/** The hour of an instant, counted from 1970. */
export function hourOf(at_ms: number): number {
  return Math.floor(at_ms / HOUR_MS);
}
