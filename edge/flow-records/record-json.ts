/**
 * Parses a record's text; undefined if it is not an object. Integers above 2^53 lose digits: see
 * {@link parseExactly}. With `repair`, backslashes that escape nothing are kept literally, because
 * nfdump does not escape user names.
 */
export function parseRecord(text: string, { repair = false } = {}): Record<string, unknown> | undefined {
  const value = parse(text) ?? (repair && text.includes('\\') ? parseRepaired(text) : undefined);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/**
 * The same object with all digits of its integers: above 2^53 they are BigInt. This takes several
 * times as long.
 */
export function parseExactly(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text, exactIntegers);
  } catch {
    return JSON.parse(repaired(text), exactIntegers);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseRepaired(text: string): unknown {
  return parse(repaired(text)) ?? parse(repaired(text.replace(/\\"(?=[ \t\r\n]?[,}])/g, '\\\\"')));
}

const LONE_BACKSLASH = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})|\\/g;

function repaired(text: string): string {
  return text.replace(LONE_BACKSLASH, found => (found === '\\' ? '\\\\' : found));
}

// TypeScript's library lacks the third argument, which contains the number as written.
function exactIntegers(_: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source ?? '';
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(source)
    ? BigInt(source)
    : value;
}
