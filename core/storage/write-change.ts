import type { StoreContext } from './store-context.ts';
import { type PlanId, transact } from './transact.ts';
import type { PlannedAction } from './write-action.ts';

/**
 * Writes a change of the network, all of it or nothing, with the actions that invalidate caches. If
 * the Cache table is in trouble, the change is written without them, and cached entries live until
 * they expire.
 *
 * @returns the number of the plan that was written, see {@link transact}
 * @throws ConditionFailed (with the reasons) · Conflict or Throttled at the deadline
 */
export function writeChange(
  context: StoreContext,
  actions: PlannedAction[],
  { plan }: { plan?: PlanId } = {},
): Promise<number> {
  return transact(context.client, actions, context, {
    dispensable: context.tables.cache,
    ...(plan && { plan }),
  });
}
