import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { conditionOf } from '../storage/item-update.ts';
import { ConditionFailed, repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { alarmKey, type StoredAlarm } from './alarm.ts';

/**
 * Removes the items of ended alarms, each on its own. The function that ends an alarm writes other
 * items with it, and may have no right to delete (docs/decisions/192).
 */
export async function removeEnded(context: StoreContext, alarms: readonly StoredAlarm[]): Promise<void> {
  for (const { id, since } of alarms.filter(({ ended }) => ended)) {
    if (context.clock() >= context.deadline) return;
    const command = new DeleteCommand({
      TableName: context.tables.traffic,
      Key: alarmKey(id),
      ...conditionOf({ expression: '#ended = :ended AND #since = :since', values: { ended: true, since } }),
    });
    await repeatUntil(context, () => context.client.send(command)).catch(cause => {
      // The alarm has begun again.
      if (!(cause instanceof ConditionFailed)) throw cause;
    });
  }
}
