import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { LaneGroup } from '../../ledger/lane-keys.ts';
import { randomVersion } from '../../ledger/random-version.ts';
import { classifyFailure } from '../../storage/failure.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import { groupReadingPartition } from '../history-keys.ts';
import type { ReadingId } from '../reading.ts';
import { RESOLUTIONS } from '../resolution.ts';
import type { SampleStore } from '../sample-store.ts';
import { packGroup, unpackGroup } from './pack-group.ts';
import type { GroupReading } from './read-group.ts';

/** Greatest age of the earlier reading that replaces a late group. */
export const STANDS_IN_MS = RESOLUTIONS.HOUR.ms;

/** An item has up to 400 KB, its key and its other attributes included. */
const PIECE_BYTES = 380_000;

/** One group of one reading. */
export interface GroupOfReading {
  reading: ReadingId;
  group: LaneGroup;
}

/**
 * Claims a group of a reading for this run. One run reads it, because a second one would overwrite
 * the samples on which the sums of the other depend.
 *
 * @returns whether this run has the claim
 */
export async function claimGroup({ client, table }: SampleStore, which: GroupOfReading): Promise<boolean> {
  const run = randomVersion();
  const Item = { ...headKey(which), run, ...ttlOf(which) };
  try {
    // If the answer was lost, the client repeats the put and finds its own item.
    const condition = conditionOf({
      expression: 'attribute_not_exists(#pk) OR #run = :run',
      values: { run },
    });
    await client.send(new PutCommand({ TableName: table, Item, ...condition }));
    return true;
  } catch (cause) {
    if (classifyFailure(cause).kind !== 'condition') throw cause;
    return false;
  }
}

/** Puts the result of a group. Its first piece is put last, and marks that it is complete. */
export async function putGroup(
  { client, table }: SampleStore,
  which: GroupOfReading,
  found: GroupReading,
): Promise<void> {
  const packed = packGroup(found, which.reading);
  const pieces = Math.max(1, Math.ceil(packed.length / PIECE_BYTES));
  const { pk, sk } = headKey(which);
  for (let piece = pieces - 1; piece >= 0; piece--) {
    const data = packed.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
    const key = piece === 0 ? { pk, sk, pieces } : { pk, sk: `${sk}#${String(piece).padStart(3, '0')}` };
    await client.send(new PutCommand({ TableName: table, Item: { ...key, data, ...ttlOf(which) } }));
  }
}

/** The result of a group; undefined if it is not complete, or no longer kept. */
export async function readGroupReading(
  { client, table }: SampleStore,
  which: GroupOfReading,
): Promise<GroupReading | undefined> {
  const { pk, sk } = headKey(which);
  const pieces: Uint8Array[] = [];
  let whole = Number.POSITIVE_INFINITY;
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :sk AND :last',
        ExpressionAttributeValues: { ':pk': pk, ':sk': sk, ':last': `${sk}#~` },
        ConsistentRead: true,
        ExclusiveStartKey,
      }),
    );
    for (const { data, pieces: count } of page.Items ?? []) {
      if (count !== undefined) whole = Number(count);
      if (data) pieces.push(data as Uint8Array);
    }
    if (!Number.isFinite(whole)) return undefined;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return pieces.length === whole ? unpackGroup(Buffer.concat(pieces), which.reading) : undefined;
}

function headKey({ reading, group: { index, of } }: GroupOfReading) {
  return { pk: groupReadingPartition(reading), sk: `${of}#${String(index).padStart(2, '0')}` };
}

// Twice as long: a reading that replaces a late one at its greatest age is also read a minute
// later.
function ttlOf({ reading: { minute } }: GroupOfReading) {
  return { [TTL_ATTRIBUTE]: Math.ceil((minute + 2 * STANDS_IN_MS) / 1000) };
}
