import { publishedEntrySchema } from '../audit/audit-entry.ts';
import { AUDIT_PREFIXES, isChange } from '../audit/audit-keys.ts';
import { RUNNING_PARTITION } from '../inventory/model/inventory-keys.ts';
import { OPERATION_KIND, runningOperationSchema } from '../inventory/model/running-operation.ts';
import { SITE_EVENT } from '../inventory/model/site-events.ts';
import type { Item } from '../storage/item.ts';
import { parseItem } from '../storage/parse-item.ts';
import type { StreamChange } from './stream-change.ts';

/**
 * What subscribers of `events` get. Delivered at least once: `id` shows repeats, `site_seq` shows
 * gaps.
 */
export interface BroadcastEvent {
  id: string;
  type: string;
  /** RFC 3339, UTC. */
  timestamp: string;
  site_id: string | null;
  /** Number of the event in its site, growing by one; null where it belongs to no site. */
  site_seq: number | null;
  data: unknown;
}

/**
 * The event in a change of the Audit or Network table, if there is one: a new audit entry, or progress of a
 * long operation.
 */
export function eventOf(change: StreamChange): BroadcastEvent | undefined {
  if (isChange(change.pk)) return auditEvent(change);
  if (change.pk === RUNNING_PARTITION) return progressEvent(change);
  return undefined;
}

/** Whether what belongs to the audit log was changed or removed, which no function may do. */
export function isTampering({ kind, pk }: StreamChange): boolean {
  return kind !== 'INSERT' && AUDIT_PREFIXES.some(prefix => pk.startsWith(prefix));
}

function auditEvent({ kind, after }: StreamChange): BroadcastEvent | undefined {
  if (kind !== 'INSERT' || !after) return undefined;
  const entry = parseItem(publishedEntrySchema, after);
  if (!entry.event) return undefined;
  const { type, site_id, site_seq, data, data_in_after } = entry.event;
  const changed = entry.after as Item | null | undefined;
  const published = data_in_after === undefined ? data : changed?.[data_in_after];
  return { id: entry.id, type, timestamp: entry.at, site_id, site_seq, data: published };
}

const PROGRESS_EVENTS: Record<string, string> = {
  [OPERATION_KIND.deleteSite]: SITE_EVENT.siteDeletionProgress,
  [OPERATION_KIND.restoreSite]: SITE_EVENT.siteRestoreProgress,
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
  };
}
