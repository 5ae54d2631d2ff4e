import { noEdge, noEndpoint, noPolicy, noSite } from '../errors.ts';
import { readKnownEdge } from '../inventory/edges/read-edges.ts';
import { readPolicy } from '../inventory/policies/read-policies.ts';
import { readSite } from '../inventory/sites/read-site.ts';
import { readCountersOf } from '../ledger/figures/read-counters.ts';
import { laneTotals } from '../ledger/lane/lane-totals.ts';
import { readLanesWhere } from '../ledger/listing/find-lanes.ts';
import { DEFAULT_POLICY_ID } from '../policy/policy.ts';
import { type DimensionFilter, idsOf } from '../totals/dimension-filter.ts';
import type { Asking as AskingTraffic } from './asking.ts';

type Asking = Pick<AskingTraffic, 'context' | 'ids_known'>;

/**
 * Distinguishes an unknown id from one without traffic, for empty answers. Excluded ids are not
 * checked. An id is known if it is in the inventory or was counted at any time, deleted since or
 * not. Lanes are read if nothing else has the id.
 *
 * @throws NotFound that names the id
 */
export async function checkKnown(asking: Asking, filter: DimensionFilter): Promise<void> {
  if (asking.ids_known) return;
  for (const policy_id of idsOf(filter, 'policy_id') ?? []) await checkPolicy(asking, policy_id);
  for (const edge_id of idsOf(filter, 'edge_id') ?? []) await checkEdge(asking, edge_id);
  const sites = idsOf(filter, 'site_id') ?? [undefined];
  const endpoints = idsOf(filter, 'endpoint_id') ?? [undefined];
  // With several sites, an endpoint may be at any of them.
  const places =
    sites.length === 1
      ? endpoints.map(endpoint_id => ({ site_id: sites[0], endpoint_id }))
      : [...sites.map(site_id => ({ site_id })), ...endpoints.map(endpoint_id => ({ endpoint_id }))];
  for (const place of places) await checkPlace(asking, place);
}

interface Place {
  site_id?: string | undefined;
  endpoint_id?: string | undefined;
}

async function checkPlace(asking: Asking, { site_id, endpoint_id }: Place): Promise<void> {
  const site = site_id === undefined ? undefined : await readSite(asking.context, site_id);
  const siteMissing = site_id !== undefined && !site;
  const endpointMissing = endpoint_id !== undefined && !site?.endpoints.some(({ id }) => id === endpoint_id);
  if (!siteMissing && !endpointMissing) return;
  const counted = await readCounted(asking, { site_id, endpoint_id });
  if (siteMissing && !counted.site) throw noSite(site_id);
  if (endpointMissing && !counted.endpoint) throw noEndpoint(endpoint_id, site_id);
}

/** @throws NotFound for an id that is not defined and was not counted at any time */
export async function checkPolicy({ context, ids_known }: Asking, policy_id: string): Promise<void> {
  if (ids_known || policy_id === DEFAULT_POLICY_ID || (await readPolicy(context, policy_id))) return;
  const counted = await readCountersOf(context, [policy_id]);
  if (counted.size === 0) throw noPolicy(policy_id);
}

async function checkEdge({ context }: Asking, edge_id: string): Promise<void> {
  if (!(await readKnownEdge(context, edge_id))) throw noEdge(edge_id);
}

/**
 * Whether the site has a lane, and whether a lane (of the site, if given) has counted for the
 * endpoint.
 */
async function readCounted(
  { context }: Asking,
  { site_id, endpoint_id }: Place,
): Promise<{ site: boolean; endpoint: boolean }> {
  const counted = { site: false, endpoint: false };
  const store = { ...context, table: context.tables.traffic };
  for await (const lane of readLanesWhere(store, {
    site_id,
    endpoint_id: site_id === undefined ? endpoint_id : undefined,
  })) {
    counted.site = true;
    counted.endpoint ||= laneTotals(lane).some(pair => pair.endpoint_id === endpoint_id);
  }
  return counted;
}
