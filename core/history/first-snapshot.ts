import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { conditionOf } from '../storage/item-update.ts';
import { MARKS_PARTITION } from './history-keys.ts';
import type { SampleStore } from './sample-store.ts';

/**
 * Behind all marks of the partition, and never expires: marks of long ago do (docs/decisions/056).
 */
const KEY = { pk: MARKS_PARTITION, sk: 'FIRST' };

/**
 * The minute of the system's first snapshot, milliseconds; `undefined` where none was taken yet, or
 * by an older release.
 */
export async function readFirstSnapshot({ client, table }: SampleStore): Promise<number | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: KEY, ConsistentRead: true }));
  return Item && Number(Item.minute);
}

/**
 * The put that writes down when the first snapshot was taken; its condition fails where it is
 * written already.
 */
export function firstSnapshotPut(table: string, minute: number) {
  return {
    TableName: table,
    Item: { ...KEY, minute },
    ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
  };
}
