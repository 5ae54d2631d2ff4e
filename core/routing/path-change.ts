import type { Path } from '../inventory/model/site.ts';
import { readPath } from '../inventory/paths/read-paths.ts';
import { readPolicies } from '../inventory/policies/read-policies.ts';
import { DEFAULT_POLICY_ID } from '../policy/policy.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { decide } from './decide.ts';
import type { PathState } from './failover.ts';
import type { PathMetrics } from './path-metrics.ts';
import { type PathStates, readPathStates } from './path-states.ts';
import { DEFAULT_ROUTING, type PolicyRouting, readAllPolicyRouting } from './policy-routing.ts';
import type { ProductCaches } from './product-caches.ts';
import { candidatesOf, readSitePair, type SitePair } from './route-candidates.ts';
import type { RoutingDecision } from './routing-decision.ts';

/** All that a change of sides on one path is decided from. */
export interface PathSituation {
  path: Path;
  states: PathStates;
  pair: SitePair;
  /** The path's last measurement before the one that is judged, where one is: what the states that were read go with. */
  before?: { metrics: PathMetrics | undefined };
  /** Every enabled policy, the built-in one included, and how it routes. */
  policies: Map<string, PolicyRouting>;
}

/** What a change of sides means for one policy. */
export interface PolicyMove {
  policy_id: string;
  old_path_id: string | null;
  new_path_id: string | null;
  /** Of the new decision. */
  reason: string;
}

/** @throws NotFound when the path isn't there (any more) */
export async function readSituation(
  context: StoreContext,
  caches: ProductCaches,
  pathId: string,
): Promise<PathSituation> {
  const path = await readPath(context, pathId);
  const [states, pair, policies] = await Promise.all([
    readPathStates(context, pathId),
    readSitePair(context, caches.metrics, path),
    readEnabledRouting(context),
  ]);
  return { path, states, pair, policies };
}

/** Every enabled policy, the built-in one included, and how it routes. */
export async function readEnabledRouting(context: StoreContext): Promise<Map<string, PolicyRouting>> {
  const [{ defined }, routing] = await Promise.all([readPolicies(context), readAllPolicyRouting(context)]);
  const ids = [...defined.filter(policy => policy.enabled).map(policy => policy.id), DEFAULT_POLICY_ID];
  return new Map(ids.map(id => [id, routing.get(id) ?? DEFAULT_ROUTING]));
}

/** Every policy's decision between the two sites, as if the path's states were `after`. */
export function decideAfter(
  { pair, policies, states }: PathSituation,
  { after, now }: { after: Record<string, PathState>; now: number },
): Map<string, RoutingDecision> {
  const changed: PathStates = { ...states, policies: after };
  return decideAll({ ...pair, states: new Map(pair.states).set(states.path_id, changed) }, policies, now);
}

/** How things stood before the measurement that is judged: a bad one must not have moved the policies already. */
export function decideBefore(
  { pair, policies, states, before }: PathSituation,
  now: number,
): Map<string, RoutingDecision> {
  const metrics = before ? new Map(pair.metrics).set(states.path_id, before.metrics) : pair.metrics;
  return decideAll({ ...pair, metrics }, policies, now);
}

function decideAll(
  pair: SitePair,
  policies: PathSituation['policies'],
  now: number,
): Map<string, RoutingDecision> {
  return new Map(
    [...policies].map(([id, { preference }]) => [id, decide(candidatesOf(pair, id), { preference, now })]),
  );
}

/** The policies whose path differs between two decisions. */
export function movesBetween(
  before: Map<string, RoutingDecision>,
  after: Map<string, RoutingDecision>,
): PolicyMove[] {
  return [...after].flatMap(([policy_id, decision]) => {
    const old_path_id = before.get(policy_id)?.selected_path_id ?? null;
    if (old_path_id === decision.selected_path_id) return [];
    return [{ policy_id, old_path_id, new_path_id: decision.selected_path_id, reason: decision.reason }];
  });
}
