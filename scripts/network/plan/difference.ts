import type { Change } from '../network-model.ts';

/** The fields of `after` whose values differ from `before`. */
export function difference<After extends object>(
  before: Record<string, unknown> | object,
  after: After,
): Change[] {
  const had = before as Record<string, unknown>;
  return Object.entries(after).flatMap(([key, value]): Change[] =>
    sameValue(had[key], value) ? [] : [[key, had[key], value]],
  );
}

/** Compares values; the order of keys does not matter. */
function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
