import { auditAction } from '../../audit/audit-action.ts';
import type { Change } from '../../audit/audit-entry.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { maxActions, type StoreContext, timestamp } from '../../storage/store-context.ts';
import { type PlannedAction, RECORD_ACTIONS } from '../../storage/write-action.ts';
import { putChunk } from '../archive/archive-chunk.ts';
import { type ArchiveHead, archiveExpiry, archiveItems, readArchiveHead } from '../archive/archive-head.ts';
import { countArchived, extendLeftovers } from '../archive/archived-paths.ts';
import { directoryKey, endpointKey, siteKey } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { SITE_STATUS } from '../model/site.ts';
import { SITE_EVENT, siteTarget } from '../model/site-events.ts';
import {
  type EndpointItem,
  lifeAt,
  type PathItem,
  type SiteItem,
  toEndpoint,
  toSite,
} from '../model/site-items.ts';
import { deletePathCopies } from '../model/site-writes.ts';
import { endOperation } from './operation-entry.ts';
import type { OperationProgress, Unfinished } from './operation-progress.ts';
import { removePaths } from './remove-paths.ts';
import { readPartition } from './site-partition.ts';

/** How many transactions of one run are concurrent. */
export const CONCURRENCY = 4;

export type DeletionRun =
  | { finished: true; endpoints: number; paths: number; restorable_until: string | null }
  | Unfinished;

/**
 * Removes a claimed site: its paths in atomic chunks, then the last of them with the site itself,
 * the audit entry and the archive's head. It removes only paths of the life that the deletion ends:
 * a run that resumes late never removes later paths.
 *
 * @throws Conflict or Throttled when the database refuses for too long; the deletion stays claimed
 */
export async function runDeletion(
  context: StoreContext,
  progress: OperationProgress,
  until: number,
): Promise<DeletionRun> {
  const claimed = await progress.settled();
  const { site_id, operation_id, life } = claimed;
  do {
    const { site, endpoints, paths: pages } = await readPartition(context, site_id);
    if (site?.operation_id !== operation_id) break;
    const lastPaths = await removePaths(context, pages, {
      which: path => lifeAt(path, site_id) === life,
      companion: { archive: { site_id, operation_id, expires_at: archiveExpiry(context) } },
      concurrency: CONCURRENCY,
      until,
      // An undo writes one more item: what it reverses.
      leave: lastPathsThatFit(context, endpoints.length + (claimed.reverses ? 1 : 0)),
      onRemoved: progress.add,
    });
    const operation = await progress.settled();
    if (lastPaths === undefined) return progress.unfinished();
    if (site.leftovers) await extendLeftovers(context, operation);
    const removed = progress.exact() ?? (await countArchived(context, operation));
    const paths = removed + lastPaths.length;
    const { head, actions } = lastTransaction(context, { operation, site, endpoints, lastPaths, paths });
    if (await progress.end(actions)) return finished(head);
  } while (progress.isRunning());
  return finishedByAnother(context, claimed);
}

const finished = ({ endpoints, paths, restorable_until }: ArchiveHead): DeletionRun => ({
  finished: true,
  endpoints,
  paths,
  restorable_until,
});

async function finishedByAnother(
  context: StoreContext,
  { site_id, audit_id, endpoints, done_paths }: RunningOperation,
): Promise<DeletionRun> {
  const head = await readArchiveHead(context, site_id);
  return head?.audit_id === audit_id
    ? finished(head)
    : { finished: true, endpoints, paths: done_paths, restorable_until: null };
}

/** What the last transaction of a deletion removes. */
interface Remains {
  operation: RunningOperation;
  site: SiteItem;
  endpoints: EndpointItem[];
  /** The last paths, few enough for {@link lastPathsThatFit}. */
  lastPaths: PathItem[];
  /** Paths of the whole deletion, the last ones included. */
  paths: number;
}

/**
 * Other actions of the last transaction: site, directory, entry of the deletion, head and list
 * entry of the archive, last chunk, decisions; audit entry.
 */
const OTHER_ACTIONS = 7 + RECORD_ACTIONS;

/** How many paths the last transaction can remove: 44 for a site with two endpoints. */
const lastPathsThatFit = (context: StoreContext, others: number): number =>
  Math.max(0, Math.floor((maxActions(context) - OTHER_ACTIONS - others) / 2));

/**
 * The transaction that removes the site: it commits once, only while the deletion holds the site.
 */
function lastTransaction(
  context: StoreContext,
  { operation, site, endpoints, lastPaths, paths }: Remains,
): { head: ArchiveHead; actions: PlannedAction[] } {
  const { tables } = context;
  const TableName = tables.network;
  const { operation_id, actor, audit_id, seq } = operation;
  const { head, items } = archiveItems(context, {
    site: { ...site, seq: seq + 1 },
    endpoints,
    paths,
    deleted_by: actor,
    audit_id,
  });
  const chunk = { site_id: site.id, operation_id, paths: lastPaths, expires_at: archiveExpiry(context) };
  const now = timestamp(context.clock());
  const isHeld = {
    expression: '#operation_id = :id AND #status = :deleting',
    values: { id: operation_id, deleting: SITE_STATUS.deleting },
  };
  return {
    head,
    actions: [
      { Delete: { TableName, Key: siteKey(site.id), ...conditionOf(isHeld) } },
      { Delete: { TableName, Key: directoryKey(site.created_at, site.id) } },
      ...endpoints.map(({ id }) => ({ Delete: { TableName, Key: endpointKey(site.id, id) } })),
      ...lastPaths.flatMap(path => deletePathCopies(tables, path)),
      ...(lastPaths.length > 0 ? [putChunk(tables, chunk)] : []),
      ...items.map(Item => ({ Put: { TableName, Item } })),
      endOperation(context, operation, paths),
      forgetDecisions(tables),
      auditAction(tables, operation, deletedSite(now, { operation, site, endpoints, paths })),
    ],
  };
}

/** The audit entry. */
function deletedSite(
  finished_at: string,
  { operation, site, endpoints, paths }: Omit<Remains, 'lastPaths'>,
): Change {
  return {
    actor: operation.actor,
    operation: 'deleteSite',
    reverses: operation.reverses,
    target: siteTarget(site.id),
    before: {
      site: { ...toSite(site), status: SITE_STATUS.active },
      endpoints: endpoints.map(toEndpoint),
      paths,
    },
    after: { finished_at },
    event: {
      type: SITE_EVENT.siteDeleted,
      site_id: site.id,
      site_seq: operation.seq + 1,
      data: { name: site.name, endpoints: endpoints.length, paths },
    },
  };
}
