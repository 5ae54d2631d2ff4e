import { readExpectedEdges } from '../../core/inventory/edges/read-edges.ts';
import type { SiteWithEndpoints } from '../../core/inventory/sites/read-site.ts';
import { readLanesOfEdge } from '../../core/ledger/figures/read-lanes.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import type { Site } from '../../graphql/schema.generated.ts';
import type { Call } from './resolver.ts';
import { selectsOnly } from './selection.ts';

const OWN_FIELDS = [
  'id',
  'name',
  'location',
  'public_key',
  'status',
  'created_at',
  'updated_at',
  '__typename',
] as const satisfies (keyof Site | '__typename')[];

/**
 * Whether more of the sites under a path of the selection is asked for than what stands in
 * themselves and `fields`.
 */
const selectsMore = ({ selection }: Call, path: string, field: 'endpoints' | 'last_seen') =>
  !selectsOnly(selection, path, [...OWN_FIELDS, field]);

/**
 * Whether the sites' endpoints are asked for. `path`: where the sites stand in the answer, `''` at
 * the top.
 */
export const selectsEndpoints = (call: Call, path: string): boolean => selectsMore(call, path, 'last_seen');

/** Sites as clients see them; when they were last heard is read where it is asked for. */
export async function presentSites(
  sites: readonly SiteWithEndpoints[],
  call: Call,
  path: string,
): Promise<Site[]> {
  const heard = selectsMore(call, path, 'endpoints') ? await lastHeard(sites, call.context) : new Map();
  return sites.map(site => ({ ...site, status: 'ACTIVE', last_seen: heard.get(site.id) ?? null }));
}

async function lastHeard(
  sites: readonly SiteWithEndpoints[],
  context: StoreContext,
): Promise<Map<string, string>> {
  const shown = new Set(sites.map(({ id }) => id));
  const edges = (await readExpectedEdges(context)).filter(({ site_id }) => shown.has(site_id));
  const lanes = await Promise.all(edges.map(({ id }) => readLanesOfEdge(context.client, context.tables, id)));
  const latest = new Map<string, number>();
  for (const [index, { site_id }] of edges.entries()) {
    const times = lanes[index]!.map(lane => lane.last_heard_at_ms);
    if (times.length > 0) latest.set(site_id, Math.max(latest.get(site_id) ?? 0, ...times));
  }
  return new Map([...latest].map(([id, ms]) => [id, new Date(ms).toISOString()]));
}
