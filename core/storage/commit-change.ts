import { randomUUID } from 'node:crypto';
import { backoffMs } from './backoff.ts';
import { type BegunOperation, beginOperation } from './begun-operation.ts';
import { ConditionFailed, outOfTime } from './retrying.ts';
import type { StoreContext } from './store-context.ts';
import type { PlannedAction } from './write-action.ts';
import { writeChange } from './write-change.ts';

/** What to write (nothing at all is allowed) and what to answer when it is written. */
export interface Change<T> {
  actions: PlannedAction[];
  result: T;
}

/**
 * Optimistic change: `plan` reads and decides, its actions are conditional on what it read. When
 * somebody was faster it plans again on what stands there now, so that a refusal (NotFound,
 * Conflict) comes from `plan` and says why. All plans write one audit entry, that of the operation
 * they are given: whatever is lost or late, one of them is committed.
 *
 * @throws what `plan` throws · Conflict or Throttled when the time is over
 */
export async function commitChange<T>(
  context: StoreContext,
  plan: (begun: BegunOperation) => Promise<Change<T>>,
): Promise<T> {
  const begun = beginOperation(context);
  const operation = randomUUID();
  const results: T[] = [];
  for (;;) {
    const { actions, result } = await plan(begun);
    // A plan may find that all is as it should be.
    if (actions.length === 0) return result;
    const number = results.push(result) - 1;
    try {
      return results[await writeChange(context, actions, { plan: { operation, number } })]!;
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
      const wait = backoffMs(number, { random: context.random });
      if (context.clock() + wait >= context.deadline) throw outOfTime({ kind: 'condition', cause });
      await context.sleep(wait);
    }
  }
}
