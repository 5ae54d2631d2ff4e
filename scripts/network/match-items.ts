/** Which item of a system each item of a file means. */
export interface Matches<Wanted, Present> {
  presentOf: Map<Wanted, Present>;
  /** Of the system, without one of the file. */
  left: Present[];
}

/**
 * Pairs the items of a file with those of a system by rules, the surest first: by each rule those
 * that are not paired yet, in their order. So of several under one key the first of the file means
 * the first of the system, and a run that made only some of them is gone on with.
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
