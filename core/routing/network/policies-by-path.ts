import type { Endpoint, Path } from '../../inventory/model/site.ts';
import { choosePath } from '../choice/choose-path.ts';
import type { PolicyRouting } from '../decisions/policy-routing.ts';
import { candidatesFor, type SitePair } from '../decisions/read-candidates.ts';
import { EVERY_POLICY } from '../failover/path-out.ts';
import { priced } from '../path-costs.ts';
import { pairOf } from './pair-of.ts';
import type { HealthOfPaths } from './path-health.ts';

/** All paths between some pairs of sites. Decisions need every path of a pair. */
export interface DecidedPaths extends HealthOfPaths {
  paths: readonly Path[];
  endpoints: ReadonlyMap<string, Endpoint>;
}

/**
 * The policies that choose each path now, by path id. A path that no policy chooses is not in it.
 * One decision serves all policies with the same preference that have left no path.
 */
export function policiesByPath(
  { paths, endpoints, metrics, states }: DecidedPaths,
  { routing, now }: { routing: ReadonlyMap<string, PolicyRouting>; now: number },
): Map<string, string[]> {
  const policies = Array.from(routing, ([id, { preference }]) => ({
    id,
    preference,
    alike: JSON.stringify(preference),
  }));
  const found = new Map<string, string[]>();
  for (const between of Map.groupBy(paths, pairOf).values()) {
    const pair: SitePair = {
      paths: between.map(path => priced(path, endpoints)),
      metrics: new Map(between.map(({ id }) => [id, metrics.get(id)])),
      states: new Map(between.map(({ id }) => [id, states.get(id)!])),
    };
    const someLeft = between.some(({ id }) =>
      Object.keys(states.get(id)!.policies).some(policy => policy !== EVERY_POLICY),
    );
    const decided = new Map<string, string | undefined>();
    for (const { id, preference, alike } of policies) {
      const key = someLeft ? id : alike;
      if (!decided.has(key)) {
        const choice = choosePath(candidatesFor(pair, { policy_id: id, now }), preference);
        decided.set(key, choice.selected?.candidate.path_id);
      }
      const path_id = decided.get(key);
      if (path_id === undefined) continue;
      const those = found.get(path_id);
      if (those) those.push(id);
      else found.set(path_id, [id]);
    }
  }
  return found;
}
