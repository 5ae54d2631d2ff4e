import { auditPut, changeEntry } from '../../audit/audit-entry.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { archiveHeadKey, siteKey } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { SITE_STATUS } from '../model/site.ts';
import { SITE_EVENT, siteTarget } from '../model/site-events.ts';
import { directoryItem, type SiteItem, toSite } from '../model/site-items.ts';
import { endOperation } from '../removal/enter-operation.ts';

export interface Restored {
  operation: RunningOperation;
  site: SiteItem;
  /** Paths that are back. */
  paths: number;
  /** Paths that stay in the archive. */
  skipped: number;
}

/** The transaction that shows a restored site: it holds once, while the restore holds the site. */
export function finishRestore(
  context: StoreContext,
  { operation, site, paths, skipped }: Restored,
): WriteAction[] {
  const { tables } = context;
  const TableName = tables.network;
  const now = timestamp(context.clock());
  const { operation_id, audit_id, seq } = operation;
  return [
    {
      Update: {
        TableName,
        Key: siteKey(site.id),
        UpdateExpression:
          'SET #status = :active, version = :version, seq = :seq, leftovers = :leftovers, updated_at = :now REMOVE operation_id',
        ConditionExpression: 'operation_id = :id AND #status = :restoring',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':active': SITE_STATUS.active,
          ':restoring': SITE_STATUS.restoring,
          ':version': site.version + 1,
          ':seq': seq + 1,
          ':leftovers': skipped > 0,
          ':now': now,
          ':id': operation_id,
        },
      },
    },
    { Put: { TableName, Item: directoryItem(site) } },
    endOperation(context, operation, paths),
    forgetDecisions(tables),
    {
      Update: {
        TableName,
        Key: archiveHeadKey(site.id),
        UpdateExpression:
          'SET #state = :restored, restored_at = :now, restore_audit_id = :audit REMOVE #data',
        ExpressionAttributeNames: { '#state': 'state', '#data': 'data' },
        ExpressionAttributeValues: { ':restored': 'RESTORED', ':now': now, ':audit': audit_id },
      },
    },
    auditPut({ tables, entry: auditEntry(now, { operation, site, paths, skipped }) }),
  ];
}

function auditEntry(now: string, { operation, site, paths, skipped }: Restored) {
  const { endpoints, seq, actor, started_ms, audit_id } = operation;
  const after = { ...toSite({ ...site }), status: SITE_STATUS.active, updated_at: now };
  const entry = changeEntry({
    at_ms: started_ms,
    actor,
    operation: 'restoreSite',
    target: siteTarget(site.id),
    after: { site: after, endpoints, paths, skipped_paths: skipped, finished_at: now },
    event: {
      type: SITE_EVENT.siteRestored,
      site_id: site.id,
      site_seq: seq + 1,
      data: { site: after, endpoints, paths, skipped_paths: skipped },
    },
  });
  return { ...entry, id: audit_id };
}
