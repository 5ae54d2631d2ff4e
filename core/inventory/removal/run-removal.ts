import { auditPut, changeEntry } from '../../audit/audit-entry.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { ConditionFailed } from '../../storage/retrying.ts';
import { maxActions, type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { writeChange } from '../../storage/write-change.ts';
import { endpointKey } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { endsAt } from '../model/site.ts';
import { endpointTarget, SITE_EVENT } from '../model/site-events.ts';
import { type EndpointItem, type PathItem, type SiteItem, toEndpoint } from '../model/site-items.ts';
import { updateSiteItem } from '../model/site-writes.ts';
import { deletePathCopies } from '../paths/path-writes.ts';
import { endOperation } from './enter-operation.ts';
import { OperationProgress } from './operation-progress.ts';
import { pathsPerChunk, removePaths } from './remove-paths.ts';
import { readPartition } from './site-partition.ts';
import { takeChunks, workThrough } from './take-chunks.ts';
import { readOperation } from './update-operation.ts';

export type RemovalRun =
  | { finished: true; paths: number }
  | { finished: false; operation: RunningOperation; paths: number };

/** Site, endpoint, entry of the removal, audit entry and decisions, which the last transaction has beside paths. */
const OTHER_ACTIONS = 5;

/**
 * Removes a claimed endpoint: its paths in atomic chunks, then the last of them with the endpoint. The paths are counted as
 * far as earlier runs told.
 */
export async function runRemoval(
  context: StoreContext,
  operation: RunningOperation,
  { until }: { until: number },
): Promise<RemovalRun> {
  const { site_id, endpoint_id, operation_id } = operation as Required<RunningOperation>;
  const progress = new OperationProgress(context, operation);
  const remove = async (paths: PathItem[]) => progress.add(await removePaths(context, paths, { check }));
  const check = checkRemoving(context.tables, operation);
  const outOfTime = () => context.clock() >= until;
  for (;;) {
    const reading = readPartition(context, site_id);
    const chunks = takeChunks(pathsOf(reading.paths, { site_id, endpoint_id }), pathsPerChunk(context));
    let lastPaths = await workThrough(chunks, { concurrency: 1, stop: outOfTime }, remove);
    await progress.settled();
    if (lastPaths === undefined || outOfTime()) {
      return { finished: false, operation: progress.operation, paths: progress.done };
    }
    if (2 * lastPaths.length + OTHER_ACTIONS > maxActions(context)) {
      await remove(lastPaths);
      await progress.settled();
      lastPaths = [];
    }
    const endpoint = reading.endpoints.find(({ id }) => id === endpoint_id);
    if (endpoint?.removal_id !== operation_id || reading.site === undefined)
      return { finished: true, paths: progress.done };
    const paths = progress.done + lastPaths.length;
    const remains = { operation: progress.operation, site: reading.site, endpoint, lastPaths, paths };
    try {
      await writeChange(context, finishRemoval(context, remains));
      return { finished: true, paths };
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
    }
    const standing = await readOperation(context, operation);
    if (standing === undefined) return { finished: true, paths: progress.done };
    progress.operation = standing;
  }
}

async function* pathsOf(
  pages: AsyncIterable<PathItem[]>,
  { site_id, endpoint_id }: { site_id: string; endpoint_id: string },
): AsyncGenerator<PathItem[]> {
  for await (const page of pages) yield page.filter(path => endsAt(path, site_id, endpoint_id));
}

/** Holds only while this removal holds the endpoint: the same id may be added again later. */
function checkRemoving(tables: TableNames, operation: RunningOperation): WriteAction {
  const { site_id, endpoint_id, operation_id } = operation as Required<RunningOperation>;
  return {
    ConditionCheck: {
      TableName: tables.network,
      Key: endpointKey(site_id, endpoint_id),
      ConditionExpression: 'removal_id = :id',
      ExpressionAttributeValues: { ':id': operation_id },
    },
  };
}

interface Remains {
  operation: RunningOperation;
  site: SiteItem;
  endpoint: EndpointItem;
  lastPaths: PathItem[];
  paths: number;
}

function finishRemoval(
  context: StoreContext,
  { operation, site, endpoint, lastPaths, paths }: Remains,
): WriteAction[] {
  const { tables } = context;
  const finished_at = timestamp(context.clock());
  const entry = changeEntry({
    at_ms: operation.started_ms,
    actor: operation.actor,
    operation: 'removeEndpoint',
    target: endpointTarget(site.id, endpoint.id),
    before: { endpoint: toEndpoint({ ...endpoint }), paths },
    after: { finished_at },
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
    {
      Delete: {
        TableName: tables.network,
        Key: endpointKey(site.id, endpoint.id),
        ConditionExpression: 'removal_id = :id',
        ExpressionAttributeValues: { ':id': operation.operation_id },
      },
    },
    ...lastPaths.flatMap(path => deletePathCopies(tables, path)),
    endOperation(context, operation, paths),
    forgetDecisions(tables),
    auditPut({ tables, entry: { ...entry, id: operation.audit_id } }),
  ];
}
