import { parseItem } from '../../storage/parse-item.ts';
import { ConditionFailed } from '../../storage/retrying.ts';
import { maxActions, type StoreContext } from '../../storage/store-context.ts';
import { getItems } from '../../storage/strong-reads.ts';
import { transact } from '../../storage/transact.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { type NewChunk, putChunk } from '../archive/archive-chunk.ts';
import { pathKey } from '../model/inventory-keys.ts';
import { type PathItem, pathItemSchema } from '../model/site-items.ts';
import { deletePathCopies } from '../model/site-writes.ts';
import { workInChunks } from './work-in-chunks.ts';

/** What a transaction contains besides the deletes: the archive chunk, and possibly a check. */
export interface Companion {
  archive: Omit<NewChunk, 'paths'>;
  check?: WriteAction;
}

export interface PathRemoval {
  /** Selects the paths to remove. */
  which(path: PathItem): boolean;
  companion: Companion;
  /** How many transactions run concurrently. */
  concurrency: number;
  /** No new transaction starts after it: milliseconds since the epoch. */
  until: number;
  /** How many paths may remain for the caller's own last transaction. */
  leave: number;
  /** After each transaction: how many paths it removed, and how many it was to remove. */
  onRemoved?(removed: number, attempted: number): void;
}

/**
 * Removes paths on both sides, in atomic chunks. A path that another operation removed meanwhile is
 * in that operation's archive, so this one skips it: a path is never archived twice. Where the
 * check fails, the chunk's paths are not removed.
 *
 * @returns the last paths, at most `leave`, which were not removed; undefined when the time was up
 */
export async function removePaths(
  context: StoreContext,
  pages: AsyncIterable<PathItem[]>,
  { which, companion, concurrency, until, leave, onRemoved }: PathRemoval,
): Promise<PathItem[] | undefined> {
  const remove = async (paths: PathItem[]): Promise<void> => {
    const removed = await removeChunk(context, paths, companion);
    onRemoved?.(removed, paths.length);
  };
  const stop = () => context.clock() >= until;
  const chunks = { size: pathsPerChunk(context, companion), concurrency, stop };
  const rest = await workInChunks(filtered(pages, which), chunks, remove);
  if (rest === undefined || stop()) return undefined;
  if (rest.length <= leave) return rest;
  await remove(rest);
  return [];
}

/**
 * How many paths a transaction removes on both sides with its companion: 49, as 2 · 49 + 2 ≤ 100.
 */
const pathsPerChunk = (context: StoreContext, { check }: Companion): number =>
  Math.floor((maxActions(context) - (check ? 2 : 1)) / 2);

async function* filtered(
  pages: AsyncIterable<PathItem[]>,
  which: (path: PathItem) => boolean,
): AsyncGenerator<PathItem[]> {
  for await (const page of pages) yield page.filter(which);
}

/** Removes a chunk in one transaction. @returns how many paths this call removed */
async function removeChunk(
  context: StoreContext,
  paths: PathItem[],
  { archive, check }: Companion,
): Promise<number> {
  const { client, tables } = context;
  for (let left = paths; left.length > 0; left = await stillThere(context, left)) {
    const copies = left.flatMap(path => deletePathCopies(tables, path));
    const chunk = putChunk(tables, { ...archive, paths: left });
    try {
      await transact(client, [...copies, chunk, ...(check ? [check] : [])], context);
      return left.length;
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
      if (check && failedOnly(cause, copies.length + 1)) break;
    }
  }
  return 0;
}

/** Whether only the condition of the action at `index` failed. */
const failedOnly = ({ failure }: ConditionFailed, index: number): boolean =>
  failure.reasons.every(reason => reason.index === index);

/** The paths of which both copies still exist in the revision that was read. */
async function stillThere(context: StoreContext, paths: PathItem[]): Promise<PathItem[]> {
  const keys = paths.flatMap(({ id, source_site_id, destination_site_id }) => [
    pathKey(source_site_id, id),
    pathKey(destination_site_id, id),
  ]);
  const found = (await getItems(context, keys)).map(item => parseItem(pathItemSchema, item));
  const copies = Map.groupBy(found, copy => `${copy.id} ${copy.rev}`);
  return paths.filter(({ id, rev }) => copies.get(`${id} ${rev}`)?.length === 2);
}
