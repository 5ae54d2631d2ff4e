import type { ItemKey } from '../../storage/item.ts';
import { readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { runningOperationSchema } from '../model/running-operation.ts';
import { continueOperation } from './continue-operation.ts';

export type TakenOver = 'finished' | 'handed over' | 'nothing to do';

/**
 * Continues an operation that was handed over. Once another run has taken it over, or it has ended,
 * there is nothing to do, so that a repeated delivery does no harm.
 *
 * @param until no new transaction starts after it: milliseconds since the epoch
 */
export async function takeOver(context: StoreContext, key: ItemKey, until: number): Promise<TakenOver> {
  const operation = await readItem(context, key, runningOperationSchema);
  if (operation?.state !== 'RUNNING' || !operation.handed_over) return 'nothing to do';
  return (await continueOperation(context, operation, until)) ? 'finished' : 'handed over';
}
