import { auditEntrySchema } from '../audit/audit-entry.ts';
import { AUDIT_PREFIXES, isTold } from '../audit/audit-keys.ts';
import { RUNNING_PARTITION } from '../inventory/model/inventory-keys.ts';
import { OPERATION_KIND, runningOperationSchema } from '../inventory/model/running-operation.ts';
import { SITE_EVENT, siteTarget } from '../inventory/model/site-events.ts';
import { parseItem } from '../storage/parse-item.ts';
import { type BroadcastEvent, eventOfEntry } from './event-of-entry.ts';
import type { StreamChange } from './stream-change.ts';

/**
 * The event in a change of the Audit or Network table, if there is one: a new entry, or progress of
 * a long operation.
 */
export function eventOf(change: StreamChange): BroadcastEvent | undefined {
  if (isTold(change.pk)) return entryEvent(change);
  if (change.pk === RUNNING_PARTITION) return progressEvent(change);
  return undefined;
}

/** Whether what belongs to the audit log was changed or removed, which no function may do. */
export function isTampering({ kind, pk }: StreamChange): boolean {
  return kind !== 'INSERT' && AUDIT_PREFIXES.some(prefix => pk.startsWith(prefix));
}

function entryEvent({ kind, after }: StreamChange): BroadcastEvent | undefined {
  if (kind !== 'INSERT' || !after) return undefined;
  const entry = parseItem(auditEntrySchema, after);
  // Earlier releases kept refused attempts beside the changes.
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
  // An entry that can't be read is not worth holding the stream up for.
  const now = runningOperationSchema.safeParse(after).data;
  const earlier = runningOperationSchema.safeParse(before).data;
  const type = now && PROGRESS_EVENTS[now.kind];
  if (kind === 'REMOVE' || !type || now.state !== 'RUNNING') return undefined;
  const { operation_id, site_id, seq, done_paths, audit_id } = now;
  // The entry of an operation that ended a moment ago may still be in place of the new one.
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
