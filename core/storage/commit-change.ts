import { randomUUID } from 'node:crypto';
import { backoffMs } from './backoff.ts';
import { type BegunOperation, beginOperation } from './begun-operation.ts';
import { ConditionFailed, outOfTime } from './retrying.ts';
import type { StoreContext } from './store-context.ts';
import type { PlannedAction } from './write-action.ts';
import { writeChange } from './write-change.ts';

/** The actions to write, possibly none, and the result to return once they are written. */
export interface Change<T> {
  actions: PlannedAction[];
  result: T;
}

/**
 * An optimistic change. `plan` reads and decides, and its actions are conditional on what it read.
 * If another request was faster, it plans again from the present state, so that a refusal
 * (NotFound, Conflict) is thrown by `plan` with its reason. All plans write the same audit entry,
 * that of the operation that they are given. So exactly one of them is committed, even if answers
 * are lost or late.
 *
 * @throws what `plan` throws · Conflict or Throttled at the deadline
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
    // A plan without actions changes nothing.
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
