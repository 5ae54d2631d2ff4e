import type { StreamChange } from '../events/stream-change.ts';
import { META_KEY } from '../inventory/policies/policy-items.ts';
import { readPoliciesMeta } from '../inventory/policies/read-policies.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { ALL_SITES, readRouteVersion, routeVersionOf } from './route-versions.ts';

/** What all edges are told in one publication. */
export interface EdgeNews {
  /** Of the policies that there are now. */
  policies_version: string;
  /** Of how policies choose among paths. */
  routing_version: number;
  /** An edge for which this is news reads it after a random part of so many seconds. */
  spread_s: number;
}

/**
 * What a change of the Network table tells all edges; undefined: it doesn't concern all of them.
 * Both versions are those that hold now, so news that was published late is no older than its
 * successor.
 */
export async function newsOf(
  { pk, sk, after }: StreamChange,
  context: StoreContext,
  { spread_s }: Pick<EdgeNews, 'spread_s'>,
): Promise<EdgeNews | undefined> {
  const concernsPolicies = pk === META_KEY.pk && sk === META_KEY.sk && after !== undefined;
  const concernsRouting = routeVersionOf({ pk, after })?.site_id === ALL_SITES;
  if (!concernsPolicies && !concernsRouting) return undefined;
  const [{ version }, routing_version] = await Promise.all([
    readPoliciesMeta(context),
    readRouteVersion(context, ALL_SITES),
  ]);
  return { policies_version: String(version), routing_version, spread_s };
}
