import type { Caller } from '../../access/caller.ts';
import { Conflict } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { readWeek } from '../metrics/path-metrics-store.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { changeSides, type FailoverDone } from './change-sides.ts';
import { EVERY_POLICY, isStillOut } from './path-out.ts';
import { readSituation } from './path-situation.ts';
import { type PathState, type WithdrawalTerms, withdrawPath } from './path-state.ts';

export interface FailOverRequest {
  path_id: string;
  actor: Caller;
  terms?: WithdrawalTerms;
}

/**
 * Withdraws a path from every policy by order of an operator, and decides again for each of them.
 * Without terms each policy comes back to the path when it has been good for long enough; with
 * terms no policy comes back before they are over. New terms replace earlier ones.
 *
 * @throws NotFound · Conflict when it is withdrawn already and no terms are given
 */
export function failOverPath(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, actor, terms = {} }: FailOverRequest,
): Promise<FailoverDone> {
  return commitChange(context, async begun => {
    const situation = await readSituation(context, caches, path_id);
    const { states, pair } = situation;
    const state = states.policies[EVERY_POLICY];
    const now = context.clock();
    const hasTerms = terms.until_ms !== undefined || terms.until_restored;
    if (state && isStillOut(state, now) && !hasTerms) {
      throw new Conflict(
        `Path ${path_id} is out of use already, since ${timestamp(state.since_ms)}. ${wayBack(state, now)}`,
      );
    }
    const week = await readWeek(context, { path_id, now_ms: now });
    const last = pair.metrics.get(path_id);
    return changeSides(context, situation, {
      begun,
      operation: 'failoverPath',
      actor,
      after: { [EVERY_POLICY]: withdrawPath(state, { now, week, ...terms }) },
      samples: last ? [last] : [],
    });
  });
}

/** How a withdrawn path comes back, for the error text. */
function wayBack({ until_ms, until_restored }: PathState, now: number): string {
  if (until_restored) return 'It stays out until restorePath brings it back.';
  if (until_ms !== undefined && now < until_ms) {
    return `It stays out until ${timestamp(until_ms)}; restorePath brings it back before.`;
  }
  return 'It comes back by itself when it has been good for long enough; restorePath brings it back at once.';
}
