import type { StoreContext } from '../storage/store-context.ts';
import { decide } from './decide.ts';
import { readPolicyRouting, requirePolicy } from './policy-routing.ts';
import type { ProductCaches } from './product-caches.ts';
import { candidatesOf, readSitePair } from './route-candidates.ts';
import type { RoutingKey } from './routing-cache.ts';
import type { RoutingDecision } from './routing-decision.ts';

/** The path of a policy's traffic between two sites, from the cache or decided now. @throws NotFound */
export async function decideRoute(
  context: StoreContext,
  { metrics, routing }: ProductCaches,
  key: RoutingKey,
): Promise<RoutingDecision> {
  const decision = await routing.getOrLoad(key, async () => {
    const [pair, settings] = await Promise.all([
      readSitePair(context, metrics, key),
      readPolicyRouting(context, key.policy_id),
      requirePolicy(context, key.policy_id),
    ]);
    return decide(candidatesOf(pair, key.policy_id), {
      preference: settings.preference,
      now: context.clock(),
    });
  });
  return decision!;
}
