/** Groups that one series holds. */
const MAX_GROUPS = 50;

/** Ids that a filter holds. */
const MAX_IDS = 20;

/**
 * The policies to ask trends of: those in sight, where there are more than one answer holds; null:
 * all of them. `first` and `last` are places in the table.
 */
export function askedTrends(
  policies: readonly { id: string }[],
  { first, last }: { first: number; last: number },
): string[] | null {
  if (policies.length <= MAX_GROUPS) return null;
  return policies.slice(first, Math.min(last + 1, first + MAX_IDS)).map(({ id }) => id);
}
