const MAX_TEXT = 128;
const MAX_ENTRIES = 20;
const MAX_DEPTH = 3;

/** Arguments that must not be in the audit log, at any depth, because all users can read it. */
const SECRETS = ['secret', 'url'];

/** Maximum characters of a target in the audit log; no valid id makes a longer one. */
const MAX_TARGET = 300;

/**
 * Shortens the arguments of a refused request for the audit log. They may have any size and shape:
 * texts, lists and objects are truncated, and values that are nested too deeply are replaced by
 * "…". Numbers that the database can't store become text.
 */
export function loggedRequest(given: unknown): Record<string, unknown> {
  const shortened = shortenedValue(given, 0);
  return isObject(shortened) ? shortened : {};
}

/**
 * The target of a refused request. `target` gets the shortened arguments, which may have other
 * types than it expects.
 */
export function loggedTarget(
  target: (given: never) => string | null,
  request: Record<string, unknown>,
): string | null {
  return target(request as never)?.slice(0, MAX_TARGET) ?? null;
}

function shortenedValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return shortenedText(value);
  if (typeof value === 'number') return isStorable(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '…';
  const inner = (part: unknown) => shortenedValue(part, depth + 1);
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map(inner);
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_ENTRIES)
      .map(([name, part]) => [
        shortenedText(name) || '(no name)',
        SECRETS.includes(name) ? '(not kept)' : inner(part),
      ]),
  );
}

function shortenedText(text: string): string {
  return (text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`).toWellFormed();
}

/**
 * Whether the database can store a number: magnitudes from 1e-130 to the largest exact integer, or
 * 0.
 */
function isStorable(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-130 && size <= Number.MAX_SAFE_INTEGER);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
