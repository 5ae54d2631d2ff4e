import type { Item } from '../../storage/item.ts';
import { ConditionFailed } from '../../storage/retrying.ts';
import { maxActions, type StoreContext } from '../../storage/store-context.ts';
import { getItems } from '../../storage/strong-reads.ts';
import { transact } from '../../storage/transact.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { type NewChunk, putChunk } from '../archive/archive-chunk.ts';
import { pathKey } from '../model/inventory-keys.ts';
import type { PathItem } from '../model/site-items.ts';
import { deletePathCopies } from '../paths/path-writes.ts';

/** Paths that a transaction can remove on both sides beside its other part: 49, as 2 · 49 + 1 ≤ 100. */
export const pathsPerChunk = (context: StoreContext): number => Math.floor((maxActions(context) - 1) / 2);

/** What else the transaction does: keep the paths in the archive, or make sure of something. */
export type RemovalPart = { archive: Omit<NewChunk, 'paths'> } | { check: WriteAction };

/**
 * Removes paths on both sides and does the other part, in one transaction. Paths that somebody else has removed meanwhile
 * are in that one's archive and are left out; when a check no longer holds, nothing is removed.
 *
 * @param paths at most {@link pathsPerChunk}, as they were read
 * @returns how many were removed by this call
 */
export async function removePaths(
  context: StoreContext,
  paths: PathItem[],
  part: RemovalPart,
): Promise<number> {
  const { client, tables } = context;
  for (let left = paths; left.length > 0; left = await stillThere(context, left)) {
    const other = 'check' in part ? part.check : putChunk(tables, { ...part.archive, paths: left });
    try {
      await transact(client, [...left.flatMap(path => deletePathCopies(tables, path)), other], context);
      return left.length;
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
      if ('check' in part && failedOnly(cause, 2 * left.length)) return 0;
    }
  }
  return 0;
}

/** Whether only the last action's condition did not hold. */
const failedOnly = ({ failure }: ConditionFailed, index: number): boolean =>
  failure.reasons.every(reason => reason.index === index);

/** Those of the paths that both sites still have in the revision that was read. */
async function stillThere(context: StoreContext, paths: PathItem[]): Promise<PathItem[]> {
  const keys = paths.flatMap(({ id, source_site_id, destination_site_id }) => [
    pathKey(source_site_id, id),
    pathKey(destination_site_id, id),
  ]);
  const found = await getItems(context, keys);
  const copies = Map.groupBy(found as (Item & PathItem)[], copy => `${copy.id} ${copy.rev}`);
  return paths.filter(({ id, rev }) => copies.get(`${id} ${rev}`)?.length === 2);
}
