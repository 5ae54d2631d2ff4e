/**
 * Whether a published value is one that a subscription's arguments ask for: each given argument
 * equals the field of its name. Null asks for values without that field; an argument that is left
 * out asks for nothing.
 */
export function matchesArguments(value: unknown, args: Record<string, unknown>): boolean {
  return Object.entries(args).every(([name, wanted]) => {
    if (wanted === undefined) return true;
    const field = (value as Record<string, unknown> | null)?.[name];
    return sameJson(field ?? null, wanted);
  });
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
