import type { StoreContext } from './store-context.ts';
import { transact } from './transact.ts';
import type { WriteAction } from './write-action.ts';

/**
 * Writes a change of the network, all of it or nothing. What it tells the caches belongs to it; only where their table is in
 * trouble it is written without, and what they hold lives out its time.
 *
 * @throws ConditionFailed (with the reasons) · Conflict or Throttled at the deadline
 */
export function writeChange(context: StoreContext, actions: WriteAction[]): Promise<void> {
  return transact(context.client, actions, context, { dispensable: context.tables.cache });
}
