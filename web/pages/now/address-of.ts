/** An address of the console: a page and its search parameters. */
export interface Address {
  to: string;
  search: Record<string, string>;
}

/**
 * The address of a target of the audit log, such as `path:<id>`; an edge is shown with its site.
 */
export function addressOf(target: string, site_id: string | null): Address {
  const [kind, id] = target.split(/:(.*)/s) as [string, string];
  if (kind === 'path') return { to: '/paths', search: { path: id } };
  if (kind === 'policy') return { to: '/policies', search: { policy: id } };
  if (kind === 'site') return { to: `/sites/${encodeURIComponent(id)}`, search: {} };
  if (site_id !== null) return { to: `/sites/${encodeURIComponent(site_id)}`, search: {} };
  return { to: '/sites', search: kind === 'edge' ? { view: 'edges' } : {} };
}
