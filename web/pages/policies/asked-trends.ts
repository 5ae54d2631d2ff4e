/** The number of groups in one series. */
const MAX_GROUPS = 50;

/** The number of ids in a filter. */
const MAX_IDS = 20;

/**
 * The policies whose trends to query: only the visible ones if there are more than fit in one
 * answer; null: all of them. `first` and `last` are row positions in the table.
 */
export function askedTrends(
  policies: readonly { id: string }[],
  { first, last }: { first: number; last: number },
): string[] | null {
  if (policies.length <= MAX_GROUPS) return null;
  return policies.slice(first, Math.min(last + 1, first + MAX_IDS)).map(({ id }) => id);
}
