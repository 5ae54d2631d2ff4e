import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { classifyFailure } from '../storage/failure.ts';
import { conditionOf } from '../storage/item-update.ts';
import { MARKS_PARTITION } from './history-keys.ts';
import { floorTo, isWhole, type KeptAsOf, RESOLUTIONS, type Resolution } from './resolution.ts';
import type { SampleStore } from './sample-store.ts';

/** Behind all marks of the partition, and never expires: marks of long ago do (docs/decisions/056). */
const KEY = { pk: MARKS_PARTITION, sk: 'FIRST' };

/** The minute of the system's first snapshot, milliseconds; `undefined` where none was taken yet, or by an older release. */
export async function readFirstSnapshot({ client, table }: SampleStore): Promise<number | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: KEY, ConsistentRead: true }));
  return Item && Number(Item.minute);
}

/** Writes down when the first snapshot was taken, unless it is written already. */
export async function putFirstSnapshot({ client, table }: SampleStore, minute: number): Promise<void> {
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        Item: { ...KEY, minute },
        ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
      }),
    );
  } catch (cause) {
    if (classifyFailure(cause).kind !== 'condition') throw cause;
  }
}

/**
 * Whether all marks of a resolution since the first snapshot are certainly there still. Where they are, and none lies at or before an
 * instant, no reading had come to its end by then: the first snapshot was cut off before its mark, and all counts from zero.
 */
export function isKeptSince(first: number, resolution: Resolution, kept: KeptAsOf): boolean {
  return isWhole(floorTo(first, RESOLUTIONS[resolution].ms), resolution, kept);
}
