import { readPolicies } from '../inventory/policies/read-policies.ts';
import { DEFAULT_POLICY_ID } from '../policy/policy.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { decide } from './decide.ts';
import { DEFAULT_ROUTING, readAllPolicyRouting } from './policy-routing.ts';
import type { ProductCaches } from './product-caches.ts';
import { candidatesOf, readSitePair } from './route-candidates.ts';

/**
 * The enabled policies whose decisions choose a path between a site and one of its peers now, sorted. Peers are looked
 * at until every policy has been found.
 */
export async function policiesOnSite(
  context: StoreContext,
  { metrics }: ProductCaches,
  { site_id, peer_sites }: { site_id: string; peer_sites: readonly string[] },
): Promise<string[]> {
  const [{ defined }, routing] = await Promise.all([readPolicies(context), readAllPolicyRouting(context)]);
  const open = new Set([...defined.filter(({ enabled }) => enabled).map(({ id }) => id), DEFAULT_POLICY_ID]);
  const found: string[] = [];
  for (const destination_site_id of peer_sites) {
    if (open.size === 0) break;
    const pair = await readSitePair(context, metrics, { source_site_id: site_id, destination_site_id });
    for (const id of open) {
      const { preference } = routing.get(id) ?? DEFAULT_ROUTING;
      const { selected_path_id } = decide(candidatesOf(pair, id), { preference, now: context.clock() });
      if (selected_path_id === null) continue;
      open.delete(id);
      found.push(id);
    }
  }
  return found.sort();
}
