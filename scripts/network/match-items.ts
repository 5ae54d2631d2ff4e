/** The system's item for each item of a file. */
export interface Matches<Wanted, Present> {
  presentOf: Map<Wanted, Present>;
  /** Items of the system without an item of the file. */
  left: Present[];
}

/**
 * Pairs the items of a file with those of a system by rules, the most reliable first: each rule
 * pairs the remaining items in order. So among several items with one key the first of the file is
 * the first of the system, and an interrupted run can continue.
 */
export function matchItems<Wanted, Present>(
  wanted: readonly Wanted[],
  present: readonly Present[],
  rules: readonly {
    wanted: (item: Wanted) => string | undefined;
    present: (item: Present) => string | undefined;
  }[],
): Matches<Wanted, Present> {
  const presentOf = new Map<Wanted, Present>();
  const left = new Set(present);
  for (const rule of rules) {
    const byKey = Map.groupBy(left, rule.present);
    for (const item of wanted) {
      if (presentOf.has(item)) continue;
      const key = rule.wanted(item);
      const found = key === undefined ? undefined : byKey.get(key)?.shift();
      if (!found) continue;
      presentOf.set(item, found);
      left.delete(found);
    }
  }
  return { presentOf, left: [...left] };
}
