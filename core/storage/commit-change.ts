import { backoffMs } from './backoff.ts';
import { ConditionFailed, outOfTime } from './retrying.ts';
import type { StoreContext } from './store-context.ts';
import type { WriteAction } from './write-action.ts';
import { writeChange } from './write-change.ts';

/** What to write (nothing at all is allowed) and what to answer when it is written. */
export interface Change<T> {
  actions: WriteAction[];
  result: T;
}

/**
 * Optimistic change: `plan` reads and decides, its actions are conditional on what it read. When somebody was faster it
 * plans again on what stands there now, so that a refusal (NotFound, Conflict) comes from `plan` and says why.
 *
 * @throws what `plan` throws · Conflict or Throttled when the time is over
 */
export async function commitChange<T>(context: StoreContext, plan: () => Promise<Change<T>>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const { actions, result } = await plan();
    // A plan may find that all is as it should be.
    if (actions.length === 0) return result;
    try {
      await writeChange(context, actions);
      return result;
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
      const wait = backoffMs(attempt, { random: context.random });
      if (context.clock() + wait >= context.deadline) throw outOfTime({ kind: 'condition', cause });
      await context.sleep(wait);
    }
  }
}
