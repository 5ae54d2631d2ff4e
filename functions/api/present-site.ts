import { presentRate } from '../../core/answers/present-rate.ts';
import { readExpectedEdges } from '../../core/inventory/edges/read-edges.ts';
import type { SiteWithEndpoints } from '../../core/inventory/sites/read-site.ts';
import { readLanesOfEdge } from '../../core/ledger/figures/read-lanes.ts';
import type { Lane } from '../../core/ledger/lane/lane.ts';
import { ratesOf } from '../../core/ledger/lane/lane-rates.ts';
import { type StoreContext, timestamp } from '../../core/storage/store-context.ts';
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

/** What is read of a site's edges. */
const HEARD_FIELDS = ['last_seen', 'rate'] as const satisfies (keyof Site)[];

/** Whether more of the sites under a path of the selection is asked for than what stands in themselves and `fields`. */
const selectsMore = ({ selection }: Call, path: string, fields: readonly (keyof Site)[]) =>
  !selectsOnly(selection, path, [...OWN_FIELDS, ...fields]);

/**
 * Whether the sites' endpoints are asked for. `path`: where the sites stand in the answer, `''` at
 * the top.
 */
export const selectsEndpoints = (call: Call, path: string): boolean => selectsMore(call, path, HEARD_FIELDS);

/** Sites as clients see them; what their edges reported is read where it is asked for. */
export async function presentSites(
  sites: readonly SiteWithEndpoints[],
  call: Call,
  path: string,
): Promise<Site[]> {
  const heard = selectsMore(call, path, ['endpoints']) ? await readHeard(sites, call.context) : undefined;
  return sites.map(site => {
    const lanes = heard?.get(site.id) ?? [];
    const rates = ratesOf(lanes);
    return {
      ...site,
      status: 'ACTIVE',
      last_seen: lanes.length > 0 ? timestamp(Math.max(...lanes.map(lane => lane.last_heard_at_ms))) : null,
      rate: rates ? presentRate(rates) : null,
    };
  });
}

/** The lanes of the sites' registered edges, by site. */
async function readHeard(
  sites: readonly SiteWithEndpoints[],
  context: StoreContext,
): Promise<Map<string, Lane[]>> {
  const shown = new Set(sites.map(({ id }) => id));
  const edges = (await readExpectedEdges(context)).filter(({ site_id }) => shown.has(site_id));
  const lanes = await Promise.all(edges.map(({ id }) => readLanesOfEdge(context.client, context.tables, id)));
  const bySite = new Map<string, Lane[]>();
  for (const [index, { site_id }] of edges.entries()) {
    bySite.set(site_id, [...(bySite.get(site_id) ?? []), ...lanes[index]!]);
  }
  return bySite;
}
