import { auditAction } from '../../audit/audit-action.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { maxActions, type StoreContext, timestamp } from '../../storage/store-context.ts';
import { type PlannedAction, RECORD_ACTIONS } from '../../storage/write-action.ts';
import { putChunk } from '../archive/archive-chunk.ts';
import { archiveExpiry } from '../archive/archive-head.ts';
import { putEndpointHead } from '../archive/endpoint-archive.ts';
import { endpointArchive, endpointKey } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { endsAt } from '../model/site.ts';
import { endpointTarget, SITE_EVENT } from '../model/site-events.ts';
import { type EndpointItem, type PathItem, type SiteItem, toEndpoint } from '../model/site-items.ts';
import { deletePathCopies, updateSiteItem } from '../model/site-writes.ts';
import { endOperation } from './operation-entry.ts';
import type { OperationProgress, Unfinished } from './operation-progress.ts';
import { removePaths } from './remove-paths.ts';
import { readPartition } from './site-partition.ts';

export type RemovalRun = { finished: true; paths: number } | Unfinished;

/**
 * Other actions of the last transaction: site, endpoint, entry of the removal, decisions, chunk and
 * head of the archive; audit entry with what it reverses.
 */
const OTHER_ACTIONS = 6 + RECORD_ACTIONS + 1;

/**
 * Removes a claimed endpoint and archives it separately: its paths in atomic chunks, one after
 * another, then the last of them with the endpoint. The count includes paths of earlier runs as far
 * as these recorded them.
 *
 * @throws Conflict or Throttled when the database refuses for too long; the removal stays claimed
 */
export async function runRemoval(
  context: StoreContext,
  progress: OperationProgress,
  until: number,
): Promise<RemovalRun> {
  const { site_id, endpoint_id, operation_id } = (await progress.settled()) as Required<RunningOperation>;
  const key = { TableName: context.tables.network, Key: endpointKey(site_id, endpoint_id) };
  // Removes only what this removal holds: an endpoint with the same id may be added again later.
  const held = { ...key, ...conditionOf({ expression: '#removal_id = :id', values: { id: operation_id } }) };
  const archive = () => ({
    site_id: endpointArchive(site_id, operation_id),
    operation_id,
    expires_at: archiveExpiry(context),
  });
  do {
    const { site, endpoints, paths: pages } = await readPartition(context, site_id);
    const endpoint = endpoints.find(({ id }) => id === endpoint_id);
    if (site === undefined || endpoint?.removal_id !== operation_id) break;
    const lastPaths = await removePaths(context, pages, {
      which: path => endsAt(path, site_id, endpoint_id),
      companion: { archive: archive(), check: { ConditionCheck: held } },
      concurrency: 1,
      until,
      leave: Math.max(0, Math.floor((maxActions(context) - OTHER_ACTIONS) / 2)),
      onRemoved: progress.add,
    });
    const operation = await progress.settled();
    if (lastPaths === undefined) return progress.unfinished();
    const paths = progress.done() + lastPaths.length;
    const chunk = lastPaths.length > 0 ? [putChunk(context.tables, { ...archive(), paths: lastPaths })] : [];
    const removal = { operation, site, endpoint, lastPaths, paths };
    const actions = [{ Delete: held }, ...chunk, ...lastTransaction(context, removal)];
    if (await progress.end(actions)) return { finished: true, paths };
  } while (progress.isRunning());
  return { finished: true, paths: progress.done() };
}

interface Remains {
  operation: RunningOperation;
  site: SiteItem;
  endpoint: EndpointItem;
  lastPaths: PathItem[];
  /** Paths of the whole removal, the last ones included. */
  paths: number;
}

/** The actions of the last transaction, without the delete of the endpoint. */
function lastTransaction(
  context: StoreContext,
  { operation, site, endpoint, lastPaths, paths }: Remains,
): PlannedAction[] {
  const { tables } = context;
  const finished_at = timestamp(context.clock());
  const audit = auditAction(tables, operation, {
    actor: operation.actor,
    operation: 'removeEndpoint',
    target: endpointTarget(site.id, endpoint.id),
    before: { endpoint: toEndpoint(endpoint), paths },
    after: { finished_at, removal_id: operation.operation_id },
    reverses: operation.reverses,
    event: {
      type: SITE_EVENT.endpointRemoved,
      site_id: site.id,
      site_seq: site.seq + 1,
      data: { endpoint_id: endpoint.id, paths },
    },
  });
  const set = { updated_at: finished_at };
  return [
    updateSiteItem(tables, { site, set, remove: ['removing_endpoint'], event: true }),
    putEndpointHead(context, { operation, endpoint, paths }),
    ...lastPaths.flatMap(path => deletePathCopies(tables, path)),
    endOperation(context, operation, paths),
    forgetDecisions(tables),
    audit,
  ];
}
