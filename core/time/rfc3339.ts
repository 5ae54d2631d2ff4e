/** The last millisecond of the year 9999, where RFC 3339 ends. */
const END_OF_TIME_MS = 253_402_300_799_999;

/** RFC 3339 in UTC with milliseconds. Times outside the years 1970 … 9999 become the nearer end. */
export function rfc3339(ms: number): string {
  return new Date(Math.min(Math.max(0, ms), END_OF_TIME_MS)).toISOString();
}
