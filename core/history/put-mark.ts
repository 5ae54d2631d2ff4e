import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { classifyFailure } from '../storage/failure.ts';
import type { Resolution, Retention } from './resolution.ts';
import type { SnapshotMark } from './sample.ts';
import { expiryOf } from './sample-expiry.ts';
import { markItem, readLastMark, type SampleStore } from './sample-store.ts';

/**
 * Puts the mark of a snapshot unless another run's stands there. A put whose answer was lost and that is repeated finds
 * its own mark, which counts as done.
 *
 * @returns whether the mark that stands there is this one
 */
export async function putMark(
  { store, retention }: { store: SampleStore; retention: Retention },
  mark: SnapshotMark,
  resolution: Resolution,
): Promise<boolean> {
  const expires_at = expiryOf(mark.at, { resolution, retention });
  try {
    await store.client.send(
      new PutCommand({
        TableName: store.table,
        Item: markItem(mark, { resolution, expires_at }),
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
    return true;
  } catch (cause) {
    if (classifyFailure(cause).kind !== 'condition') throw cause;
    const standing = await readLastMark(store, { resolution, before: mark.at });
    return standing?.taken_at === mark.taken_at;
  }
}
