import { presentRate } from '../../core/answers/present-rate.ts';
import { readEdgesOfSites } from '../../core/inventory/edges/site-edges.ts';
import type { SiteWithEndpoints } from '../../core/inventory/sites/read-site.ts';
import type { Lane } from '../../core/ledger/lane/lane.ts';
import { ratesOf } from '../../core/ledger/lane/lane-rates.ts';
import { readLanesOfEdges } from '../../core/ledger/listing/lanes-of-edges.ts';
import { type SitePathSummary, summarizeSitePaths } from '../../core/routing/network/site-picture.ts';
import { type StoreContext, timestamp } from '../../core/storage/store-context.ts';
import type { Site } from '../../graphql/schema.generated.ts';
import type { Call } from './resolver.ts';
import { selectsOnly } from './selection.ts';

const OWN_FIELDS = [
  'id',
  'name',
  'location',
  'latitude',
  'longitude',
  'public_key',
  'status',
  'created_at',
  'updated_at',
  '__typename',
] as const satisfies (keyof Site | '__typename')[];

/** The fields of a site that are read only if they are selected. */
type ExtraField = Exclude<keyof Site, (typeof OWN_FIELDS)[number]>;

/**
 * Whether any of these fields of the sites under a path of the selection is selected. Unknown
 * names, such as aliases, count as selected.
 */
function selects({ selection }: Call, path: string, ...fields: ExtraField[]): boolean {
  const others = EXTRA_FIELDS.filter(field => !fields.includes(field));
  return !selectsOnly(selection, path, [...OWN_FIELDS, ...others]);
}

const EXTRA_FIELDS: readonly ExtraField[] = ['endpoints', 'last_seen', 'rate', 'path_count', 'worst_status'];

/**
 * Whether the sites' endpoints are selected. `path` is the position of the sites in the answer,
 * `''` at the top.
 */
export const selectsEndpoints = (call: Call, path: string): boolean => selects(call, path, 'endpoints');

/** Whether fields are selected that are read site by site. */
export const selectsMore = (call: Call, path: string): boolean => selects(call, path, ...EXTRA_FIELDS);

/**
 * Converts sites to the API's form. Reports of their edges and the state of their paths are read if
 * they are selected.
 */
export async function presentSites(
  sites: readonly SiteWithEndpoints[],
  call: Call,
  path: string,
): Promise<Site[]> {
  const { context } = call;
  const ids = sites.map(({ id }) => id);
  const [heard, paths] = await Promise.all([
    selects(call, path, 'last_seen', 'rate') ? readHeard(sites, context) : new Map<string, Heard>(),
    selects(call, path, 'path_count', 'worst_status')
      ? summarizeSitePaths(context, ids)
      : new Map<string, SitePathSummary>(),
  ]);
  return sites.map(site => ({
    ...site,
    status: 'ACTIVE',
    ...(heard.get(site.id) ?? NOT_HEARD),
    ...(paths.get(site.id) ?? NO_PATHS_SHOWN),
  }));
}

type Heard = Pick<Site, 'last_seen' | 'rate'>;

/** For a site whose edges have not reported. */
export const NOT_HEARD: Heard = { last_seen: null, rate: null };

/** For a site in the answer to a change. */
export const NO_PATHS_SHOWN = { path_count: null, worst_status: null };

/** The last report and the rate of the sites' registered edges, by site. */
async function readHeard(
  sites: readonly SiteWithEndpoints[],
  context: StoreContext,
): Promise<Map<string, Heard>> {
  const siteIds = sites.map(({ id }) => id);
  const edges = await readEdgesOfSites(context, siteIds);
  const lanes = await readLanesOfEdges(
    { ...context, table: context.tables.traffic },
    edges.map(({ id }) => id),
    { sites: siteIds },
  );
  const bySite = Map.groupBy(edges, ({ site_id }) => site_id);
  return new Map(
    Array.from(bySite, ([site_id, there]) => [site_id, heardOf(there.flatMap(({ id }) => lanes.get(id)!))]),
  );
}

function heardOf(lanes: readonly Lane[]): Heard {
  if (lanes.length === 0) return NOT_HEARD;
  const rates = ratesOf(lanes);
  return {
    last_seen: timestamp(Math.max(...lanes.map(lane => lane.last_heard_at_ms))),
    rate: rates ? presentRate(rates, rates) : null,
  };
}
