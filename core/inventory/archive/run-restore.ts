import { ConditionFailed } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem, queryPages } from '../../storage/strong-reads.ts';
import { writeChange } from '../../storage/write-change.ts';
import {
  archivePartition,
  CHUNK_PREFIX,
  PATH_PREFIX,
  siteKey,
  sitePartition,
} from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import type { SiteItem } from '../model/site-items.ts';
import { OperationProgress } from '../removal/operation-progress.ts';
import type { RunOptions } from '../removal/run-deletion.ts';
import { readOperation } from '../removal/update-operation.ts';
import type { ArchiveChunk } from './archive-chunk.ts';
import { attachPaths } from './attach-paths.ts';
import { attachWaiting } from './attach-waiting.ts';
import { finishRestore } from './finish-restore.ts';
import type { SkippedPath } from './skipped-path.ts';

export type RestoreRun =
  | { finished: true; paths: number; skipped: SkippedPath[] }
  | { finished: false; operation: RunningOperation; paths: number; skipped: SkippedPath[] };

/** Chunks read ahead: bounds memory. */
const PAGE_CHUNKS = 16;

/**
 * Brings a claimed site's paths back, chunk by chunk, then shows the site. Its transactions all check the site's status and
 * therefore go one after another. Any number of runs may be at it at once, and any may be cut off anywhere.
 *
 * @throws Conflict or Throttled when the database refuses for too long; the restore stays claimed
 */
export async function runRestore(
  context: StoreContext,
  operation: RunningOperation,
  { until, resumed }: RunOptions,
): Promise<RestoreRun> {
  const progress = new OperationProgress(context, operation);
  const outOfTime = () => context.clock() >= until;
  const skipped: SkippedPath[] = [];
  const cutOff = async (): Promise<RestoreRun> => {
    await progress.settled();
    return { finished: false, operation: progress.operation, paths: progress.done, skipped };
  };
  const chunks = { pk: archivePartition(operation.site_id), prefix: CHUNK_PREFIX, pageSize: PAGE_CHUNKS };
  for await (const page of queryPages(context, chunks)) {
    for (const chunk of page as unknown as ArchiveChunk[]) {
      if (outOfTime()) return cutOff();
      const attached = await attachPaths(context, operation, chunk);
      skipped.push(...attached.skipped);
      progress.add(attached.restored);
    }
  }
  const waiting = await attachWaiting(context, operation, outOfTime);
  if (waiting === undefined) return cutOff();
  progress.add(waiting);
  await progress.settled();
  return finish(context, { progress, skipped, alone: !resumed });
}

interface Ending {
  progress: OperationProgress;
  skipped: SkippedPath[];
  /** Whether nobody else has worked on it: then this run knows how many paths are back. */
  alone: boolean;
}

async function finish(context: StoreContext, { progress, skipped, alone }: Ending): Promise<RestoreRun> {
  const { site_id, operation_id } = progress.operation;
  for (let counted = alone; ; counted = false) {
    const paths = counted ? progress.paths : await countPaths(context, site_id);
    const site = (await getItem(context, siteKey(site_id))) as SiteItem | undefined;
    if (site?.operation_id !== operation_id) return { finished: true, paths, skipped };
    const restored = { operation: progress.operation, site, paths, skipped: skipped.length };
    try {
      await writeChange(context, finishRestore(context, restored));
      return { finished: true, paths, skipped };
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
    }
    const standing = await readOperation(context, progress.operation);
    if (standing === undefined) return { finished: true, paths, skipped };
    progress.operation = standing;
  }
}

async function countPaths(context: StoreContext, siteId: string): Promise<number> {
  let paths = 0;
  const query = { pk: sitePartition(siteId), prefix: PATH_PREFIX, project: ['pk'] };
  for await (const page of queryPages(context, query)) paths += page.length;
  return paths;
}
