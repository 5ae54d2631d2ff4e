/** Where the console shows a target as the audit log names it, such as `path:<id>`; an edge is shown with its site. */
export function addressOf(target: string, site_id: string | null): string {
  const [kind, id] = target.split(/:(.*)/s) as [string, string];
  if (kind === 'path') return `/paths/${encodeURIComponent(id)}`;
  if (kind === 'site') return `/sites/${encodeURIComponent(id)}`;
  if (site_id !== null) return `/sites/${encodeURIComponent(site_id)}`;
  return '/sites';
}
