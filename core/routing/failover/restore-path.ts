import type { Caller } from '../../access/caller.ts';
import { Conflict } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { changeSides, type FailoverDone } from './change-sides.ts';
import { outFor } from './path-out.ts';
import { readSituation } from './path-situation.ts';

/**
 * Brings a path back for every policy at once, by order of an operator, at any score and whether a
 * measurement or an operator took it out. The next bad measurement fails it over again.
 *
 * @throws NotFound · Conflict when no policy has left it
 */
export function restorePath(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, actor }: { path_id: string; actor: Caller },
): Promise<FailoverDone> {
  return commitChange(context, async begun => {
    const situation = await readSituation(context, caches, path_id);
    const { states, pair, policies } = situation;
    const out = outFor(states, { enabled: policies.keys(), now: context.clock() });
    if (out.length === 0) {
      throw new Conflict(`Path ${path_id} is in use: no policy has left it, so there is nothing to restore.`);
    }
    const last = pair.metrics.get(path_id);
    return changeSides(context, situation, {
      begun,
      operation: 'restorePath',
      actor,
      after: {},
      samples: last ? [last] : [],
    });
  });
}
