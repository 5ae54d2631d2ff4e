import type { ItemKey } from '../../storage/item.ts';
import { readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { runningOperationSchema } from '../model/running-operation.ts';
import { continueOperation } from './continue-operation.ts';

export type HandedOverOutcome = 'finished' | 'handed over' | 'nothing to do';

/**
 * Continues an operation that was handed over. When another run has claimed it, or it has ended,
 * there is nothing to do: the stream may deliver its record again.
 *
 * @param until no new transaction starts after it: milliseconds since the epoch
 */
export async function continueHandedOver(
  context: StoreContext,
  key: ItemKey,
  until: number,
): Promise<HandedOverOutcome> {
  const operation = await readItem(context, key, runningOperationSchema);
  if (operation?.state !== 'RUNNING' || !operation.handed_over) return 'nothing to do';
  return (await continueOperation(context, operation, until)) ? 'finished' : 'handed over';
}
