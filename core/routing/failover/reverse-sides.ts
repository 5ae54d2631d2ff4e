import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '../../access/caller.ts';
import type { Reversal } from '../../audit/audit-entry.ts';
import { refuseUndone } from '../../audit/undone-chain.ts';
import { Conflict } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readWeek } from '../metrics/path-metrics-store.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { changeSides, type FailoverDone, termsOf } from './change-sides.ts';
import { EVERY_POLICY, outFor } from './path-out.ts';
import { readSituation } from './path-situation.ts';
import { type PathState, withdrawPath } from './path-state.ts';
import { type Sides, sidesInWords } from './sides-in-words.ts';

export interface SideReversal {
  path_id: string;
  actor: Caller;
  reverses: Reversal;
  /** The path's state after the change that is reversed. */
  left: Sides;
  /** The state before it. */
  back: Sides;
}

/**
 * Reverses a change of which policies use a path. Policies that are out again are so from now on,
 * and come back like any other.
 *
 * @throws NotFound · Conflict when the path has changed since
 */
export function reverseSides(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, actor, reverses, left, back }: SideReversal,
): Promise<FailoverDone> {
  return commitChange(context, async begun => {
    await refuseUndone(context, reverses.audit_id);
    const situation = await readSituation(context, caches, path_id);
    const { states, pair, policies } = situation;
    const now = context.clock();
    const current = {
      out: outFor(states, { enabled: policies.keys(), now }),
      ...termsOf(states.policies),
    };
    if (!isDeepStrictEqual(sorted(current), sorted(left))) {
      const [now, then] = [sidesInWords(current, left), sidesInWords(left, current)];
      throw new Conflict(
        `Path ${path_id} is out of use for ${now} now, but was out of use for ${then} after the change: use failoverPath or restorePath to set it.`,
      );
    }
    const week = await readWeek(context, { path_id, now_ms: now });
    const stateOf = (id: string): PathState =>
      states.policies[id] ??
      withdrawPath(undefined, { now, week, ...(id === EVERY_POLICY ? termsAgain(back) : {}) });
    const last = pair.metrics.get(path_id);
    return changeSides(context, situation, {
      begun,
      reverses,
      operation: back.out.some(id => !left.out.includes(id)) ? 'failoverPath' : 'restorePath',
      actor,
      after: Object.fromEntries(back.out.map(id => [id, stateOf(id)])),
      samples: last ? [last] : [],
    });
  });
}

function termsAgain({ until, until_restored }: Sides) {
  return { until_ms: until === undefined ? undefined : Date.parse(until), until_restored };
}

function sorted(sides: Sides): Sides {
  return { ...sides, out: sides.out.toSorted() };
}
