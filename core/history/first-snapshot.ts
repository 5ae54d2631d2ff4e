import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { conditionOf } from '../storage/item-update.ts';
import { MARKS_PARTITION } from './history-keys.ts';
import type { SampleStore } from './sample-store.ts';

/**
 * Sorts after all marks of the partition. It does not expire, but old marks do
 * (docs/decisions/056).
 */
const KEY = { pk: MARKS_PARTITION, sk: 'FIRST' };

/**
 * The minute of the system's first snapshot, milliseconds; `undefined` if there was none yet, or an
 * older release took it.
 */
export async function readFirstSnapshot({ client, table }: SampleStore): Promise<number | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: KEY, ConsistentRead: true }));
  return Item && Number(Item.minute);
}

/**
 * The put that stores when the first snapshot was taken, on condition that nothing is stored yet.
 */
export function firstSnapshotPut(table: string, minute: number) {
  return {
    TableName: table,
    Item: { ...KEY, minute },
    ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
  };
}
