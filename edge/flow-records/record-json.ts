/**
 * The object that a record's text holds, or undefined. Integers past 2^53 lose digits here: see
 * {@link parseExactly}. With `repair`, backslashes that escape nothing are taken as written: nfdump
 * prints user names as they came.
 */
export function parseRecord(text: string, { repair = false } = {}): Record<string, unknown> | undefined {
  const value = parse(text) ?? (repair && text.includes('\\') ? parseRepaired(text) : undefined);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/**
 * The same object with all digits of its integers: past 2^53 they are BigInt. It takes several
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

// TypeScript's library doesn't know the third argument yet: the number as it is written.
function exactIntegers(_: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source ?? '';
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(source)
    ? BigInt(source)
    : value;
}
