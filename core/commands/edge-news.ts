import type { StreamChange } from '../events/stream-change.ts';
import { META_KEY } from '../inventory/policies/policy-items.ts';
import { readPoliciesMeta } from '../inventory/policies/read-policies.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { ALL_SITES, readRouteVersion, routeVersionOf } from './route-versions.ts';

/** A publication to all edges. */
export interface EdgeNews {
  /** The present version of the policies. */
  policies_version: string;
  /** The present version of how policies choose among paths. */
  routing_version: number;
  /**
   * An edge with older versions reads the new ones after a random part of this time, in seconds.
   */
  spread_s: number;
}

/**
 * The publication to all edges that follows from a change of the Network table; undefined: it
 * doesn't concern all of them. Both versions are the present ones, so a publication that is late
 * has no older versions than its successor.
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
