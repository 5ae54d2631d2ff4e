const MAX_TEXT = 128;
const MAX_ENTRIES = 20;
const MAX_DEPTH = 3;

/** Arguments that the audit log must not keep, at any depth: everyone may read it. */
const SECRETS = ['secret', 'url'];

/**
 * Longest text of a target in the audit log, characters; no id that may be asked for makes a longer
 * one.
 */
const MAX_TARGET = 300;

/**
 * What the audit log keeps of the arguments of a refused request, which may be of any size and
 * shape: texts, lists and objects are cut short, and what lies deeper than arguments do is left
 * out. What the database can't store stands as text.
 */
export function loggedRequest(given: unknown): Record<string, unknown> {
  const shortened = shortenedValue(given, 0);
  return isObject(shortened) ? shortened : {};
}

/**
 * What a refused request was aimed at. `target` sees the shortened arguments, which needn't be of
 * the types that it expects.
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

/** Whether the database takes a number: from 1e-130 up, and whole ones as far as they are exact. */
function isStorable(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-130 && size <= Number.MAX_SAFE_INTEGER);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
