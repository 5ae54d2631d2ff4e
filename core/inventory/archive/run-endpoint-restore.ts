import { auditAction } from '../../audit/audit-action.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { updateItem } from '../../storage/item-update.ts';
import { readItem } from '../../storage/parse-item.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { PlannedAction } from '../../storage/write-action.ts';
import { endpointArchive, endpointKey } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { endsAt } from '../model/site.ts';
import { endpointTarget, SITE_EVENT } from '../model/site-events.ts';
import {
  type EndpointItem,
  endpointItemSchema,
  readSiteItem,
  type SiteItem,
  toEndpoint,
} from '../model/site-items.ts';
import { updateSiteItem } from '../model/site-writes.ts';
import { endOperation } from '../removal/operation-entry.ts';
import type { OperationProgress, Unfinished } from '../removal/operation-progress.ts';
import { readPartition } from '../removal/site-partition.ts';
import { chunkPages } from './archived-paths.ts';
import { attachPaths } from './attach-paths.ts';
import { setEndpointHeadState } from './endpoint-archive.ts';

export type EndpointRestoreRun = { finished: true; paths: number } | Unfinished;

/**
 * Restores a claimed endpoint's paths, chunk by chunk, then shows the endpoint.
 *
 * @throws Conflict or Throttled when the database refuses for too long; the restore stays claimed
 */
export async function runEndpointRestore(
  context: StoreContext,
  progress: OperationProgress,
  until: number,
): Promise<EndpointRestoreRun> {
  const claimed = (await progress.settled()) as ClaimedRestore;
  const { site_id, endpoint_id, removal_id, operation_id } = claimed;
  const outOfTime = () => context.clock() >= until;
  for await (const chunks of chunkPages(context, endpointArchive(site_id, removal_id))) {
    for (const chunk of chunks) {
      if (outOfTime()) return progress.unfinished();
      progress.add((await attachPaths(context, claimed, chunk)).restored);
    }
  }
  let paths = progress.done();
  do {
    const operation = (await progress.settled()) as ClaimedRestore;
    if (outOfTime()) return progress.unfinished();
    const [site, endpoint] = await Promise.all([
      readSiteItem(context, site_id),
      readItem(context, endpointKey(site_id, endpoint_id), endpointItemSchema),
    ]);
    if (!site || endpoint?.removal_id !== operation_id) break;
    paths = progress.exact() ?? (await countPaths(context, operation));
    if (await progress.end(lastTransaction(context, { operation, site, endpoint, paths }))) break;
  } while (progress.isRunning());
  return { finished: true, paths };
}

type ClaimedRestore = RunningOperation & { endpoint_id: string; removal_id: string };

async function countPaths(context: StoreContext, { site_id, endpoint_id }: ClaimedRestore): Promise<number> {
  let count = 0;
  const { paths } = await readPartition(context, site_id);
  for await (const page of paths) count += page.filter(path => endsAt(path, site_id, endpoint_id)).length;
  return count;
}

interface Restored {
  operation: ClaimedRestore;
  site: SiteItem;
  endpoint: EndpointItem;
  /** How many paths were restored. */
  paths: number;
}

/** The transaction that shows the endpoint: it commits once, only while the restore holds it. */
function lastTransaction(
  context: StoreContext,
  { operation, site, endpoint, paths }: Restored,
): PlannedAction[] {
  const { tables } = context;
  const { site_id, endpoint_id, removal_id, operation_id, actor, reverses } = operation;
  const shown = toEndpoint(endpoint);
  const showEndpoint = updateItem({
    table: tables.network,
    key: endpointKey(site_id, endpoint_id),
    set: { status: 'ACTIVE' },
    remove: ['removal_id'],
    condition: { expression: '#removal_id = :id', values: { id: operation_id } },
  });
  const set = { updated_at: timestamp(context.clock()) };
  return [
    updateSiteItem(tables, { site, set, remove: ['removing_endpoint'], event: true }),
    { Update: showEndpoint },
    setEndpointHeadState(context, { site_id, removal_id }, { from: 'RESTORING', to: 'RESTORED' }),
    endOperation(context, operation, paths),
    forgetDecisions(tables),
    auditAction(tables, operation, {
      actor,
      operation: 'restoreEndpoint',
      target: endpointTarget(site_id, endpoint_id),
      reverses,
      after: { endpoint: shown, paths },
      event: {
        type: SITE_EVENT.endpointAdded,
        site_id,
        site_seq: site.seq + 1,
        data: { endpoint: shown, paths },
      },
    }),
  ];
}
