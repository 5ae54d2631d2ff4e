import type { Path } from '../../inventory/model/site.ts';
import { readPath } from '../../inventory/paths/read-paths.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { RoutingDecision } from '../choice/routing-decision.ts';
import { makeDecision } from '../choice/routing-decision.ts';
import { type PolicyRouting, readEnabledRouting } from '../decisions/policy-routing.ts';
import { candidatesFor, readCandidates, type SitePair } from '../decisions/read-candidates.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import type { PathState } from './path-state.ts';
import { type PathStates, readPathStates } from './path-states-store.ts';

/** Everything that decides which policies leave a path or come back to it. */
export interface PathSituation {
  path: Path;
  states: PathStates;
  pair: SitePair;
  /** The measurement before the one being judged; undefined: no measurement is being judged. */
  before?: { metrics: PathMetrics | undefined };
  /** Every enabled policy, the built-in one included, and how it routes. */
  policies: Map<string, PolicyRouting>;
}

/** The move of one policy from a path to another. */
export interface PolicyMove {
  policy_id: string;
  old_path_id: string | null;
  new_path_id: string | null;
  /** The reason of the new decision. */
  reason: string;
}

/** @throws NotFound when the path doesn't exist */
export async function readSituation(
  context: StoreContext,
  caches: RoutingCaches,
  pathId: string,
): Promise<PathSituation> {
  const path = await readPath(context, pathId);
  const [states, pair, policies] = await Promise.all([
    readPathStates(context, pathId),
    readCandidates(context, caches.metrics, path),
    readEnabledRouting(context),
  ]);
  return { path, states, pair, policies };
}

/** Every policy's decision between the two sites, as if the path's states were `after`. */
export function decideAfter(
  { pair, policies, states }: PathSituation,
  { after, now }: { after: Record<string, PathState>; now: number },
): Map<string, RoutingDecision> {
  const changed: PathStates = { ...states, policies: after };
  return decideAll({ ...pair, states: new Map(pair.states).set(states.path_id, changed) }, policies, now);
}

/**
 * Every policy's decision before the measurement being judged, so that the change is compared with
 * what held before it.
 */
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
    [...policies].map(([id, { preference }]) => [
      id,
      makeDecision(candidatesFor(pair, { policy_id: id, now }), { preference, now }),
    ]),
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
