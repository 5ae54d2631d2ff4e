import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { conditionOf } from '../storage/item-update.ts';
import { MARKS_PARTITION } from './history-keys.ts';
import type { SampleStore } from './sample-store.ts';

/** Sorts after all marks of the partition. It does not expire. */
const KEY = { pk: MARKS_PARTITION, sk: 'READING' };

/**
 * Claims the lanes for a reading that begins. From then on no mark is put for a reading that began
 * before. So the readings that count do not overlap, and an earlier one can't have a later state of
 * a lane.
 */
export async function claimReading({ client, table }: SampleStore, taken_at: number): Promise<void> {
  await client.send(new PutCommand({ TableName: table, Item: { ...KEY, taken_at } }));
}

/** The action that fails a transaction if another reading has begun since. */
export function readingIsNewest(table: string, taken_at: number) {
  const condition = conditionOf({ expression: '#taken_at = :taken_at', values: { taken_at } });
  return { ConditionCheck: { TableName: table, Key: KEY, ...condition } };
}
