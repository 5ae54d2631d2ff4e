/** An address of the console: a page, and what its search says. */
export interface Address {
  to: string;
  search: Record<string, string>;
}

/**
 * Where the console shows a target as the audit log names it, such as `path:<id>`; an edge is shown
 * with its site.
 */
export function addressOf(target: string, site_id: string | null): Address {
  const [kind, id] = target.split(/:(.*)/s) as [string, string];
  if (kind === 'path') return { to: '/paths', search: { path: id } };
  if (kind === 'policy') return { to: '/policies', search: { policy: id } };
  if (kind === 'site') return { to: `/sites/${encodeURIComponent(id)}`, search: {} };
  if (site_id !== null) return { to: `/sites/${encodeURIComponent(site_id)}`, search: {} };
  return { to: '/sites', search: kind === 'edge' ? { view: 'edges' } : {} };
}
