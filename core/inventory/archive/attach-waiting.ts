import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { ConditionFailed, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { waitingPartition } from '../model/inventory-keys.ts';
import { endsAt } from '../model/site.ts';
import { chunkPaths, readChunk } from './archive-chunk.ts';
import { attachPaths, type Restore } from './attach-paths.ts';

/** Stored under a site that is gone: names a chunk of another site's archive with paths to it. */
const waitingNoteSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  chunk_pk: z.string(),
  chunk_sk: z.string(),
  operation_id: z.string(),
});

type WaitingNote = z.infer<typeof waitingNoteSchema>;

/**
 * Restores the paths that other restored sites' archives kept because this site was gone.
 *
 * @returns how many; undefined when it was stopped before the end
 */
export async function attachWaiting(
  context: StoreContext,
  restore: Restore,
  stop: () => boolean,
): Promise<number | undefined> {
  const notes = await queryAll(context, { pk: waitingPartition(restore.site_id) });
  let restored = 0;
  for (const note of notes.map(item => parseItem(waitingNoteSchema, item))) {
    if (stop()) return undefined;
    const chunk = await readChunk(context, chunkOf(note));
    if (chunk) restored += (await attachPaths(context, restore, chunk)).restored;
    await removeNote(context, restore, note);
  }
  return restored;
}

const chunkOf = ({ chunk_pk, chunk_sk }: WaitingNote) => ({ pk: chunk_pk, sk: chunk_sk });

/**
 * Removes a note: only when its chunk has no more paths of the site, and never one that was written
 * again meanwhile.
 */
async function removeNote(context: StoreContext, { site_id }: Restore, note: WaitingNote): Promise<void> {
  const chunk = await readChunk(context, chunkOf(note));
  if (chunk && chunkPaths(chunk).some(path => endsAt(path, site_id))) return;
  const command = new DeleteCommand({
    TableName: context.tables.network,
    Key: { pk: note.pk, sk: note.sk },
    ...conditionOf({ expression: '#operation_id = :id', values: { id: note.operation_id } }),
  });
  await repeatUntil(context, () => context.client.send(command)).catch(cause => {
    if (!(cause instanceof ConditionFailed)) throw cause;
  });
}
