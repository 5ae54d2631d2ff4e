import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { conditionOf } from '../storage/item-update.ts';
import { MARKS_PARTITION } from './history-keys.ts';
import type { SampleStore } from './sample-store.ts';

/** Behind all marks of the partition; it never expires. */
const KEY = { pk: MARKS_PARTITION, sk: 'READING' };

/**
 * Says that a reading has begun. From then on no mark is put for one that had begun before:
 * readings never overlap, so a lane can't be found later by an earlier one.
 */
export async function claimReading({ client, table }: SampleStore, taken_at: number): Promise<void> {
  await client.send(new PutCommand({ TableName: table, Item: { ...KEY, taken_at } }));
}

/** The action of a transaction that fails where another reading has begun since. */
export function readingIsNewest(table: string, taken_at: number) {
  const condition = conditionOf({ expression: '#taken_at = :taken_at', values: { taken_at } });
  return { ConditionCheck: { TableName: table, Key: KEY, ...condition } };
}
