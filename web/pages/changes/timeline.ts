/** An item of the timeline: an entry of the audit log, or an event that is not a change. */
export interface Moment {
  id: string;
  /** RFC 3339. */
  at: string;
}

/** A list that is loaded page by page, newest first. */
export interface Source<Item extends Moment> {
  items: readonly Item[];
  hasMore: boolean;
}

/**
 * Merges two lists, newest first, each moment once. The result ends where one list is not loaded
 * further: after that point its moments would be missing between those of the other.
 */
export function merged<A extends Moment, B extends Moment>(a: Source<A>, b: Source<B>): (A | B)[] {
  const end = [endOf(a), endOf(b)].sort().at(-1)!;
  const seen = new Set<string>();
  return [...a.items, ...b.items]
    .filter(({ id, at }) => at >= end && !seen.has(id) && seen.add(id))
    .sort((x, y) => (x.at === y.at ? order(y.id, x.id) : order(y.at, x.at)));
}

/** The time up to which a list is loaded: all of it where there is no more. */
function endOf({ items, hasMore }: Source<Moment>): string {
  return hasMore ? (items.at(-1)?.at ?? '9999') : '';
}

const order = (a: string, b: string) => (a < b ? -1 : Number(a > b));
