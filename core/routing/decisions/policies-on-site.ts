import type { StoreContext } from '../../storage/store-context.ts';
import { makeDecision } from '../choice/routing-decision.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { readEnabledRouting } from './policy-routing.ts';
import { candidatesFor, readCandidates } from './read-candidates.ts';

/**
 * The enabled policies that have a path between a site and one of its peers now, sorted. It checks
 * peers until every policy is found.
 */
export async function policiesOnSite(
  context: StoreContext,
  { metrics }: RoutingCaches,
  { site_id, peer_sites }: { site_id: string; peer_sites: readonly string[] },
): Promise<string[]> {
  const open = await readEnabledRouting(context);
  const found: string[] = [];
  for (const destination_site_id of peer_sites) {
    if (open.size === 0) break;
    const pair = await readCandidates(context, metrics, { source_site_id: site_id, destination_site_id });
    for (const [id, { preference }] of open) {
      const now = context.clock();
      const candidates = candidatesFor(pair, { policy_id: id, now });
      const { selected_path_id } = makeDecision(candidates, { preference, now });
      if (selected_path_id === null) continue;
      open.delete(id);
      found.push(id);
    }
  }
  return found.sort();
}
