/** What an update did to an edge's routes. */
interface RoutesNews {
  /** How many are new or other ones. */
  changes: number;
  /** How many are gone. */
  removed: number;
  /** How many there are now. */
  routes: number;
  /** The file that holds them. */
  path: string | undefined;
}

/** The line that tells an edge's user of new routes; undefined when there is nothing to tell. */
export function routesNews({ changes, removed, routes, path }: RoutesNews): string | undefined {
  const changed = changes > 0 ? [`${changes} of ${routes} routes are new or changed`] : [];
  const gone = removed > 0 ? [removed === 1 ? '1 route is gone' : `${removed} routes are gone`] : [];
  const news = [...changed, ...gone];
  if (news.length === 0) return undefined;
  return `${news.join(', ')}${path === undefined ? '' : `: see ${path}`}.`;
}
