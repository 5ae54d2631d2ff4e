/** The effect of an update on an edge's routes. */
interface RoutesNews {
  /** Number of new or changed routes. */
  changes: number;
  /** Number of removed routes. */
  removed: number;
  /** Number of current routes. */
  routes: number;
  /** The file with the routes. */
  path: string | undefined;
}

/** A message about changed routes; undefined if nothing has changed. */
export function routesNews({ changes, removed, routes, path }: RoutesNews): string | undefined {
  const changed = changes > 0 ? [`${changes} of ${routes} routes are new or changed`] : [];
  const gone = removed > 0 ? [removed === 1 ? '1 route was removed' : `${removed} routes were removed`] : [];
  const news = [...changed, ...gone];
  if (news.length === 0) return undefined;
  return `${news.join(', ')}${path === undefined ? '' : `: see ${path}`}.`;
}
