import type { StoreContext } from './store-context.ts';
import { type PlanId, transact } from './transact.ts';
import type { PlannedAction } from './write-action.ts';

/**
 * Writes a change of the network, all of it or nothing. What it tells the caches belongs to it;
 * only where their table is in trouble it is written without, and what they hold lives out its
 * time.
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
