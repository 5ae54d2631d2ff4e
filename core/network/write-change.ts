import { transact } from '../storage/transact.ts';
import type { WriteAction } from '../storage/write-action.ts';
import type { NetworkContext } from './network-context.ts';

/**
 * Writes a change of the network, all of it or nothing. What it tells the caches belongs to it; only where their table is in
 * trouble it is written without, and what they hold lives out its time.
 *
 * @throws ConditionFailed (with the reasons) · Conflict or Throttled at the deadline
 */
export function writeChange(context: NetworkContext, actions: WriteAction[]): Promise<void> {
  return transact(context.client, actions, context, { dispensable: context.tables.cache });
}
