import { ConditionFailed } from '../storage/retrying.ts';
import { transact } from '../storage/transact.ts';
import { type NewChunk, putChunk } from './archive-chunk.ts';
import type { NetworkContext } from './network-context.ts';
import { pathKey } from './network-keys.ts';
import { deletePathCopies } from './path-writes.ts';
import type { Item, PathItem } from './site-items.ts';
import { getItems } from './strong-reads.ts';

/** Paths a transaction can remove on both sides beside putting them in the archive: 2 · 49 + 1 ≤ 100. */
export const CHUNK_PATHS = 49;

/** Where removed paths are kept; undefined: nowhere. */
export type ChunkArchive = Omit<NewChunk, 'paths'> | undefined;

/**
 * Removes paths on both sides and puts them in the archive, in one transaction. Paths that somebody else has removed
 * meanwhile are in that one's archive and are left out.
 *
 * @param paths at most {@link CHUNK_PATHS}, as they were read
 * @returns how many were removed by this call
 */
export async function removePaths(
  context: NetworkContext,
  paths: PathItem[],
  archive: ChunkArchive,
): Promise<number> {
  const { client, tables } = context;
  for (let left = paths; left.length > 0; left = await stillThere(context, left)) {
    const archived = archive ? [putChunk(tables, { ...archive, paths: left })] : [];
    try {
      await transact(client, [...left.flatMap(path => deletePathCopies(tables, path)), ...archived], context);
      return left.length;
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
    }
  }
  return 0;
}

/** Those of the paths that both sites still have in the revision that was read. */
async function stillThere(context: NetworkContext, paths: PathItem[]): Promise<PathItem[]> {
  const keys = paths.flatMap(({ id, source_site_id, destination_site_id }) => [
    pathKey(source_site_id, id),
    pathKey(destination_site_id, id),
  ]);
  const found = await getItems(context, keys);
  const copies = Map.groupBy(found as (Item & PathItem)[], copy => `${copy.id} ${copy.rev}`);
  return paths.filter(({ id, rev }) => copies.get(`${id} ${rev}`)?.length === 2);
}
