/** Something in the timeline: an entry of the audit log, or an event that is no change. */
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
 * Two lists as one, newest first, each moment once. It ends where one of them has not been loaded
 * any further: behind that, moments of the other would stand without those between them.
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
