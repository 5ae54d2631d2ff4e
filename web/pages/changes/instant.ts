const WRITTEN = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?Z?$/;

/**
 * An instant that a person has typed in UTC, as milliseconds; undefined where it is none. @example
 * instantOf('2026-01-31 12:00')
 */
export function instantOf(text: string): number | undefined {
  const [, day, minute, seconds = ':00'] = WRITTEN.exec(text.trim()) ?? [];
  if (day === undefined) return undefined;
  const at = Date.parse(`${day}T${minute}${seconds}Z`);
  // 31 April is the first of May to some, and to nobody what was meant.
  return Number.isNaN(at) || !new Date(at).toISOString().startsWith(day) ? undefined : at;
}

/** As {@link instantOf} reads it; seconds only where there are some. */
export function writtenInstant(at: number | string): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ').replace(/:00$/, '');
}

const QUARTER_MS = 15 * 60_000;

/** A quarter of an hour to both sides of an instant, as far as it is over. */
export function around(at: string, now: number): { from: number; to: number } {
  const middle = Date.parse(at);
  return { from: middle - QUARTER_MS, to: Math.min(now, middle + QUARTER_MS) };
}
