import type { StoreContext } from '../../storage/store-context.ts';
import type { RoutingDecision } from '../choice/routing-decision.ts';
import { makeDecision } from '../choice/routing-decision.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { readPolicyRouting, requirePolicy } from './policy-routing.ts';
import { candidatesFor, readCandidates } from './read-candidates.ts';
import type { RoutingKey } from './routing-cache.ts';

/**
 * The decision of a policy between two sites, from the cache or made now.
 * @throws NotFound
 */
export async function cachedDecision(
  context: StoreContext,
  { metrics, routing }: RoutingCaches,
  key: RoutingKey,
): Promise<RoutingDecision> {
  const decision = await routing.getOrLoad(key, async () => {
    metrics.recheck();
    const [pair, settings] = await Promise.all([
      readCandidates(context, metrics, key),
      readPolicyRouting(context, key.policy_id),
      requirePolicy(context, key.policy_id),
    ]);
    const now = context.clock();
    const candidates = candidatesFor(pair, { policy_id: key.policy_id, now });
    return makeDecision(candidates, { preference: settings.preference, now });
  });
  return decision!;
}
