import { ConditionFailed } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem } from '../../storage/strong-reads.ts';
import { writeChange } from '../../storage/write-change.ts';
import { type ArchiveHead, archiveExpiry } from '../archive/archive-head.ts';
import { countArchived, keepLeftovers } from '../archive/archived-paths.ts';
import { archiveHeadKey } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { lifeAt, type PathItem } from '../model/site-items.ts';
import { finishDeletion, lastPathsThatFit } from './finish-deletion.ts';
import { OperationProgress } from './operation-progress.ts';
import { pathsPerChunk, removePaths } from './remove-paths.ts';
import { readPartition } from './site-partition.ts';
import { takeChunks, workThrough } from './take-chunks.ts';
import { readOperation } from './update-operation.ts';

/** Transactions of one run under way at once. */
export const CONCURRENCY = 4;

export interface RunOptions {
  /** No new transaction starts after it: milliseconds since the epoch. */
  until: number;
  /** Whether somebody else may have worked on it before: then what is done is counted in the archive. */
  resumed: boolean;
}

export type DeletionRun =
  | { finished: true; endpoints: number; paths: number; restorable_until: string | null }
  | { finished: false; operation: RunningOperation; paths: number };

/**
 * Removes a claimed site: its paths in atomic chunks, then what is left with the site itself, the audit entry and the
 * archive's head. Any number of runs may be at it at once, and any may be cut off anywhere.
 *
 * @throws Conflict or Throttled when the database refuses for too long; the deletion stays claimed
 */
export async function runDeletion(
  context: StoreContext,
  operation: RunningOperation,
  { until, resumed }: RunOptions,
): Promise<DeletionRun> {
  const { site_id, operation_id } = operation;
  const progress = new OperationProgress(context, operation);
  let alone = !resumed;
  const remove = async (paths: PathItem[]): Promise<void> => {
    const archive = { site_id, operation_id, expires_at: archiveExpiry(context) };
    const removed = await removePaths(context, paths, { archive });
    if (removed < paths.length) alone = false;
    progress.add(removed);
  };
  const outOfTime = () => context.clock() >= until;
  for (;;) {
    const reading = readPartition(context, site_id);
    const chunks = takeChunks(pathsOfLife(reading.paths, operation), pathsPerChunk(context));
    let lastPaths = await workThrough(chunks, { concurrency: CONCURRENCY, stop: outOfTime }, remove);
    await progress.settled();
    if (lastPaths === undefined || outOfTime()) {
      return { finished: false, operation: progress.operation, paths: progress.done };
    }
    const { site, endpoints } = reading;
    if (site?.operation_id !== operation_id) return finishedByAnother(context, operation);
    if (lastPaths.length > lastPathsThatFit(context, endpoints.length)) {
      await remove(lastPaths);
      await progress.settled();
      lastPaths = [];
    }
    if (site.leftovers) await keepLeftovers(context, operation);
    const removed = alone ? progress.paths : await countArchived(context, operation);
    const paths = removed + lastPaths.length;
    const remains = { operation: progress.operation, site, endpoints, lastPaths, paths };
    const { head, actions } = finishDeletion(context, remains);
    try {
      await writeChange(context, actions);
      return finished(head);
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
    }
    const standing = await readOperation(context, operation);
    if (standing === undefined) return finishedByAnother(context, operation);
    progress.operation = standing;
    alone = false;
  }
}

// What came into being in a later life of the site is no business of a run that was cut off long ago.
async function* pathsOfLife(
  pages: AsyncIterable<PathItem[]>,
  { site_id, life }: RunningOperation,
): AsyncGenerator<PathItem[]> {
  for await (const page of pages) yield page.filter(path => lifeAt(path, site_id) === life);
}

function finished({ endpoints, paths, restorable_until }: ArchiveHead): DeletionRun {
  return { finished: true, endpoints, paths, restorable_until };
}

async function finishedByAnother(
  context: StoreContext,
  { site_id, audit_id, endpoints, done_paths }: RunningOperation,
): Promise<DeletionRun> {
  const head = (await getItem(context, archiveHeadKey(site_id))) as ArchiveHead | undefined;
  return head?.audit_id === audit_id
    ? finished(head)
    : { finished: true, endpoints, paths: done_paths, restorable_until: null };
}
