import type { ItemKey } from '../../storage/item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem } from '../../storage/strong-reads.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { continueOperation } from './continue-operation.ts';

export type TakenOver = 'finished' | 'handed over' | 'nothing to do';

/**
 * Goes on with an operation that was handed over. Once somebody has taken it, or it has ended, there is nothing to do, so
 * being told of it twice does no harm.
 *
 * @param until no new transaction starts after it: milliseconds since the epoch
 */
export async function takeOver(context: StoreContext, key: ItemKey, until: number): Promise<TakenOver> {
  const operation = (await getItem(context, key)) as RunningOperation | undefined;
  if (operation?.state !== 'RUNNING' || !operation.handed_over) return 'nothing to do';
  return (await continueOperation(context, operation, until)) ? 'finished' : 'handed over';
}
