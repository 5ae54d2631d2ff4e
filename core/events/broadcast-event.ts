import { auditEntrySchema } from '../audit/audit-entry.ts';
import { AUDIT_PREFIXES, isPublished } from '../audit/audit-keys.ts';
import { RUNNING_PARTITION } from '../inventory/model/inventory-keys.ts';
import { OPERATION_KIND, runningOperationSchema } from '../inventory/model/running-operation.ts';
import { SITE_EVENT, siteTarget } from '../inventory/model/site-events.ts';
import { parseItem } from '../storage/parse-item.ts';
import { type BroadcastEvent, eventOfEntry } from './event-of-entry.ts';
import type { StreamChange } from './stream-change.ts';

/**
 * The event of a change of the Audit or Network table: a new entry, or progress of an operation.
 */
export function eventOf(change: StreamChange): BroadcastEvent | undefined {
  if (isPublished(change.pk)) return entryEvent(change);
  if (change.pk === RUNNING_PARTITION) return progressEvent(change);
  return undefined;
}

/** Whether an item of the audit log was changed or removed, which no function may do. */
export function isTampering({ kind, pk }: StreamChange): boolean {
  return kind !== 'INSERT' && AUDIT_PREFIXES.some(prefix => pk.startsWith(prefix));
}

function entryEvent({ kind, after }: StreamChange): BroadcastEvent | undefined {
  if (kind !== 'INSERT' || !after) return undefined;
  const entry = parseItem(auditEntrySchema, after);
  // Earlier releases stored refused attempts among the changes.
  return entry.outcome === 'DONE' ? eventOfEntry(entry) : undefined;
}

const PROGRESS_EVENTS: Record<string, string> = {
  [OPERATION_KIND.deleteSite]: SITE_EVENT.siteDeletionProgress,
  [OPERATION_KIND.restoreSite]: SITE_EVENT.siteRestoreProgress,
};

const VERBS: Record<string, string> = {
  [OPERATION_KIND.deleteSite]: 'Deleting',
  [OPERATION_KIND.restoreSite]: 'Restoring',
};

// Every write that raises the operation's event number is published, so that the numbers have no
// gap.
function progressEvent({ kind, before, after, at_ms }: StreamChange): BroadcastEvent | undefined {
  // An unreadable entry must not block the stream.
  const now = runningOperationSchema.safeParse(after).data;
  const earlier = runningOperationSchema.safeParse(before).data;
  const type = now && PROGRESS_EVENTS[now.kind];
  if (kind === 'REMOVE' || !type || now.state !== 'RUNNING') return undefined;
  const { operation_id, site_id, seq, done_paths, audit_id } = now;
  // The new entry may replace that of an operation that has just ended.
  const begins = earlier?.operation_id !== operation_id;
  if (!begins && seq === earlier?.seq) return undefined;
  const started = begins && now.kind === OPERATION_KIND.deleteSite;
  return {
    id: `${operation_id}#${seq}`,
    type: started ? SITE_EVENT.siteDeletionStarted : type,
    timestamp: new Date(at_ms).toISOString(),
    site_id,
    site_seq: seq,
    data: { done_paths, audit_id },
    title: `${VERBS[now.kind]} site ${site_id}: ${done_paths} paths so far.`,
    actor: { ...now.actor, email: null, source_ip: null },
    target: siteTarget(site_id),
    target_name: site_id,
    audit_id,
  };
}
