/**
 * Whether a published value matches a subscription's arguments: each given argument must equal the
 * field of the same name. Null matches values without that field; arguments that are left out match
 * everything.
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
