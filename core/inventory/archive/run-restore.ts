import { auditAction } from '../../audit/audit-action.ts';
import type { Change } from '../../audit/audit-entry.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { updateItem } from '../../storage/item-update.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { queryPages } from '../../storage/strong-reads.ts';
import type { PlannedAction } from '../../storage/write-action.ts';
import { archiveHeadKey, PATH_PREFIX, siteKey, sitePartition } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { SITE_STATUS } from '../model/site.ts';
import { SITE_EVENT, siteTarget } from '../model/site-events.ts';
import { directoryItem, readSiteItem, type SiteItem, toSite } from '../model/site-items.ts';
import { endOperation } from '../removal/operation-entry.ts';
import type { OperationProgress, Unfinished } from '../removal/operation-progress.ts';
import { chunkPages } from './archived-paths.ts';
import { attachPaths } from './attach-paths.ts';
import { attachWaiting } from './attach-waiting.ts';
import type { SkippedPath } from './path-fates.ts';

export type RestoreRun =
  | { finished: true; paths: number; skipped: SkippedPath[] }
  | (Unfinished & { skipped?: SkippedPath[] });

/**
 * Restores a claimed site's paths, chunk by chunk, then shows the site. Its transactions run one
 * after another because each checks the site's status.
 *
 * @throws Conflict or Throttled when the database refuses for too long; the restore stays claimed
 */
export async function runRestore(
  context: StoreContext,
  progress: OperationProgress,
  until: number,
): Promise<RestoreRun> {
  const claimed = await progress.settled();
  const { site_id, operation_id } = claimed;
  const outOfTime = () => context.clock() >= until;
  const skipped: SkippedPath[] = [];
  for await (const chunks of chunkPages(context, site_id)) {
    for (const chunk of chunks) {
      if (outOfTime()) return { ...progress.unfinished(), skipped };
      const attached = await attachPaths(context, claimed, chunk);
      skipped.push(...attached.skipped);
      progress.add(attached.restored);
    }
  }
  const waiting = await attachWaiting(context, claimed, outOfTime);
  if (waiting === undefined) return { ...progress.unfinished(), skipped };
  progress.add(waiting);
  let run: RestoreRun;
  do {
    const operation = await progress.settled();
    if (outOfTime()) return { ...progress.unfinished(), skipped };
    const paths = progress.exact() ?? (await countPaths(context, site_id));
    run = { finished: true, paths, skipped };
    const site = await readSiteItem(context, site_id);
    if (site?.operation_id !== operation_id) break;
    const restored = { operation, site, paths, skipped: skipped.length };
    if (await progress.end(lastTransaction(context, restored))) break;
  } while (progress.isRunning());
  return run;
}

async function countPaths(context: StoreContext, siteId: string): Promise<number> {
  let paths = 0;
  const query = { pk: sitePartition(siteId), prefix: PATH_PREFIX, project: ['pk'] };
  for await (const page of queryPages(context, query)) paths += page.length;
  return paths;
}

interface Restored {
  operation: RunningOperation;
  site: SiteItem;
  /** How many paths were restored. */
  paths: number;
  /** How many paths stay in the archive. */
  skipped: number;
}

/** The transaction that shows the site: it commits once, only while the restore holds it. */
function lastTransaction(
  context: StoreContext,
  { operation, site, paths, skipped }: Restored,
): PlannedAction[] {
  const { tables } = context;
  const table = tables.network;
  const now = timestamp(context.clock());
  const { operation_id, audit_id, seq } = operation;
  const { active, restoring } = SITE_STATUS;
  const showSite = updateItem({
    table,
    key: siteKey(site.id),
    set: {
      status: active,
      version: site.version + 1,
      seq: seq + 1,
      leftovers: skipped > 0,
      updated_at: now,
    },
    remove: ['operation_id'],
    condition: {
      expression: '#operation_id = :id AND #status = :restoring',
      values: { id: operation_id, restoring },
    },
  });
  const keepHead = updateItem({
    table,
    key: archiveHeadKey(site.id),
    set: { state: 'RESTORED', restored_at: now, restore_audit_id: audit_id },
    remove: ['data'],
  });
  return [
    { Update: showSite },
    { Put: { TableName: table, Item: directoryItem(site) } },
    endOperation(context, operation, paths),
    forgetDecisions(tables),
    { Update: keepHead },
    auditAction(tables, operation, restoredSite(now, { operation, site, paths, skipped })),
  ];
}

/** The audit entry. */
function restoredSite(now: string, { operation, site, paths, skipped }: Restored): Change {
  const { endpoints, seq, actor } = operation;
  const after = { ...toSite(site), status: SITE_STATUS.active, updated_at: now };
  return {
    actor,
    operation: 'restoreSite',
    reverses: operation.reverses,
    target: siteTarget(site.id),
    after: { site: after, endpoints, paths, skipped_paths: skipped, finished_at: now },
    event: {
      type: SITE_EVENT.siteRestored,
      site_id: site.id,
      site_seq: seq + 1,
      data: { site: after, endpoints, paths, skipped_paths: skipped },
    },
  };
}
