import type { Caller } from '../../access/caller.ts';
import type { Reversal } from '../../audit/audit-entry.ts';
import { refuseUndone } from '../../audit/undone-chain.ts';
import { Conflict } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { readWeek } from '../metrics/path-metrics-store.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { changeSides, type FailoverDone } from './change-sides.ts';
import { readSituation } from './path-situation.ts';
import { withdrawPath } from './path-state.ts';
import { EVERY_POLICY } from './path-states-store.ts';

/**
 * Withdraws a path from every policy because an operator says so, and decides again for each of
 * them. The path comes back by itself when it has been good for long enough.
 *
 * @throws NotFound · Conflict when it is out already
 */
export function failOverPath(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, actor, reverses }: { path_id: string; actor: Caller; reverses?: Reversal | undefined },
): Promise<FailoverDone> {
  return commitChange(context, async begun => {
    if (reverses) await refuseUndone(context, reverses.audit_id);
    const situation = await readSituation(context, caches, path_id);
    const { states, pair } = situation;
    const state = states.policies[EVERY_POLICY];
    if (state?.out) {
      throw new Conflict(
        `Path ${path_id} is out of use already, since ${timestamp(state.since_ms)}. It comes back by itself when it has been good for long enough.`,
      );
    }
    const now = context.clock();
    const week = await readWeek(context, { path_id, now_ms: now });
    const after = { ...states.policies, [EVERY_POLICY]: withdrawPath(state, { now, week }) };
    const last = pair.metrics.get(path_id);
    return changeSides(context, situation, {
      begun,
      reverses,
      operation: 'failoverPath',
      actor,
      after,
      samples: last ? [last] : [],
    });
  });
}

/**
 * Takes back what {@link failOverPath} did: the policies use the path again that had not left it by themselves.
 *
 * @throws NotFound · Conflict when it is in use again already
 */
export function putPathBack(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, actor, reverses }: { path_id: string; actor: Caller; reverses: Reversal },
): Promise<FailoverDone> {
  return commitChange(context, async begun => {
    await refuseUndone(context, reverses.audit_id);
    const situation = await readSituation(context, caches, path_id);
    const { [EVERY_POLICY]: withdrawn, ...after } = situation.states.policies;
    if (!withdrawn?.out) throw new Conflict(`Path ${path_id} is in use again already.`);
    const last = situation.pair.metrics.get(path_id);
    const samples = last ? [last] : [];
    return changeSides(context, situation, {
      begun,
      operation: 'restorePath',
      actor,
      after,
      samples,
      reverses,
    });
  });
}
