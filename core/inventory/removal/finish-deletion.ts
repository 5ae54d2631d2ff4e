import { auditPut, changeEntry } from '../../audit/audit-entry.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { maxActions, type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { putChunk } from '../archive/archive-chunk.ts';
import { type ArchiveHead, archiveExpiry, archiveItems } from '../archive/archive-head.ts';
import { directoryKey, endpointKey, siteKey } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { SITE_STATUS } from '../model/site.ts';
import { SITE_EVENT, siteTarget } from '../model/site-events.ts';
import { type EndpointItem, type PathItem, type SiteItem, toEndpoint, toSite } from '../model/site-items.ts';
import { deletePathCopies } from '../paths/path-writes.ts';
import { endOperation } from './enter-operation.ts';

/** What is left of a site when its deletion comes to the end. */
export interface Remains {
  operation: RunningOperation;
  site: SiteItem;
  endpoints: EndpointItem[];
  /** The last paths, few enough for {@link lastPathsThatFit}. */
  lastPaths: PathItem[];
  /** Paths of the whole deletion, the last ones included. */
  paths: number;
}

/** Site, directory, entry of the deletion, head and list entry of the archive, audit entry, last chunk, decisions. */
const OTHER_ACTIONS = 8;

/** How many paths the last transaction takes: 45 for a site with two endpoints. */
export const lastPathsThatFit = (context: StoreContext, endpoints: number): number =>
  Math.max(0, Math.floor((maxActions(context) - OTHER_ACTIONS - endpoints) / 2));

/** The transaction that makes a site gone: it holds once, while the deletion that claimed the site holds it. */
export function finishDeletion(
  context: StoreContext,
  { operation, site, endpoints, lastPaths, paths }: Remains,
): { head: ArchiveHead; actions: WriteAction[] } {
  const { tables } = context;
  const { operation_id, actor, audit_id, seq } = operation;
  const seen = { ...site, seq: seq + 1 };
  const { head, items } = archiveItems(context, {
    site: seen,
    endpoints,
    paths,
    deleted_by: actor,
    audit_id,
  });
  const chunk = { site_id: site.id, operation_id, paths: lastPaths, expires_at: archiveExpiry(context) };
  return {
    head,
    actions: [
      {
        Delete: {
          TableName: tables.network,
          Key: siteKey(site.id),
          ConditionExpression: 'operation_id = :id AND #status = :deleting',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':id': operation_id, ':deleting': SITE_STATUS.deleting },
        },
      },
      { Delete: { TableName: tables.network, Key: directoryKey(site.created_at, site.id) } },
      ...endpoints.map(({ id }) => ({
        Delete: { TableName: tables.network, Key: endpointKey(site.id, id) },
      })),
      ...lastPaths.flatMap(path => deletePathCopies(tables, path)),
      ...(lastPaths.length > 0 ? [putChunk(tables, chunk)] : []),
      ...items.map(Item => ({ Put: { TableName: tables.network, Item } })),
      endOperation(context, operation, paths),
      forgetDecisions(tables),
      auditPut({ tables, entry: auditEntry(context, { operation, site, endpoints, paths }) }),
    ],
  };
}

// The entry bears the time of the claim, which its id was made of; the answer may have named it long before.
function auditEntry(
  context: StoreContext,
  { operation, site, endpoints, paths }: Omit<Remains, 'lastPaths'>,
) {
  const entry = changeEntry({
    at_ms: operation.started_ms,
    actor: operation.actor,
    operation: 'deleteSite',
    target: siteTarget(site.id),
    before: {
      site: { ...toSite({ ...site }), status: SITE_STATUS.active },
      endpoints: endpoints.map(item => toEndpoint({ ...item })),
      paths,
    },
    after: { finished_at: timestamp(context.clock()) },
    event: {
      type: SITE_EVENT.siteDeleted,
      site_id: site.id,
      site_seq: operation.seq + 1,
      data: { name: site.name, endpoints: endpoints.length, paths },
    },
  });
  return { ...entry, id: operation.audit_id };
}
