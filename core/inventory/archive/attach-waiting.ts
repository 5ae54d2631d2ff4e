import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemKey } from '../../storage/item.ts';
import { ConditionFailed, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem, queryAll } from '../../storage/strong-reads.ts';
import { waitingPartition } from '../model/inventory-keys.ts';
import { endsAt } from '../model/site.ts';
import { type ArchiveChunk, chunkPaths } from './archive-chunk.ts';
import { attachPaths, type Restore } from './attach-paths.ts';

interface WaitingNote extends ItemKey {
  chunk_pk: string;
  chunk_sk: string;
  operation_id: string;
}

/**
 * Brings back the paths that other restored sites' archives hold because this site was gone.
 *
 * @returns how many; undefined when it stopped on the way
 */
export async function attachWaiting(
  context: StoreContext,
  restore: Restore,
  stop: () => boolean,
): Promise<number | undefined> {
  const notes = await queryAll(context, { pk: waitingPartition(restore.site_id) });
  let restored = 0;
  for (const note of notes as unknown as WaitingNote[]) {
    if (stop()) return undefined;
    const key = { pk: note.chunk_pk, sk: note.chunk_sk };
    const chunk = (await getItem(context, key)) as ArchiveChunk | undefined;
    if (chunk) restored += (await attachPaths(context, restore, chunk)).restored;
    await dropNote(context, restore, note);
  }
  return restored;
}

/** Takes a note away once its chunk holds nothing of the site; who noted again meanwhile keeps it. */
async function dropNote(context: StoreContext, { site_id }: Restore, note: WaitingNote): Promise<void> {
  const chunk = await getItem(context, { pk: note.chunk_pk, sk: note.chunk_sk });
  const held = chunk ? chunkPaths(chunk as unknown as ArchiveChunk) : [];
  if (held.some(path => endsAt(path, site_id))) return;
  const command = new DeleteCommand({
    TableName: context.tables.network,
    Key: { pk: note.pk, sk: note.sk },
    ConditionExpression: 'operation_id = :id',
    ExpressionAttributeValues: { ':id': note.operation_id },
  });
  await repeatUntil(context, () => context.client.send(command)).catch(cause => {
    if (!(cause instanceof ConditionFailed)) throw cause;
  });
}
