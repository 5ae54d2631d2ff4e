import type { AuditEntry } from '../audit/audit-entry.ts';
import { type AuditLogOptions, type AuditQuery, readAuditLog, SETTLE_MS } from '../audit/read-audit-log.ts';
import { type BroadcastEvent, eventOfEntry, sitesOf } from './event-of-entry.ts';

export interface EventQuery {
  limit: number;
  next_token?: string | null | undefined;
  /** Only events behind the one with this id, and those of the minute before it; oldest first. */
  after_id?: string | null | undefined;
  /** Only events at or after this time, oldest first. Milliseconds since the epoch. */
  from_ms?: number | undefined;
  types?: readonly string[] | null | undefined;
  site_id?: string | undefined;
}

export interface EventPage {
  items: BroadcastEvent[];
  next_token: string | null;
  /** No event from before this time can be added any more: milliseconds since the epoch. */
  settled_until_ms: number;
}

/** A page reads at most so many times, whatever the filter leaves. */
const MAX_READS = 25;

/**
 * A page of what happened: changes, and states that have changed by themselves. Newest first, all
 * that there is; with `after_id` or `from_ms` oldest first, and events may still be entered in the
 * minute before now.
 *
 * @throws ValidationError for a broken token · NotFound for an unknown `after_id`
 */
export async function readEvents(
  options: AuditLogOptions,
  { limit, next_token, after_id, from_ms, ...filter }: EventQuery,
): Promise<EventPage> {
  const query: Omit<AuditQuery, 'limit' | 'next_token'> = {
    events: true,
    after_id,
    // Entries of the same minute may have been entered after the one that is known.
    overlap_ms: SETTLE_MS,
    oldest_first: from_ms !== undefined,
    filter: { from_ms },
  };
  const items: BroadcastEvent[] = [];
  let token = next_token;
  for (let reads = 1; ; reads += 1) {
    const page = await readAuditLog(options, { ...query, limit: limit - items.length, next_token: token });
    items.push(...page.items.filter(entry => isWanted(entry, filter)).map(eventOfEntry));
    token = page.next_token;
    if (token === null || items.length === limit || reads === MAX_READS) {
      return { items, next_token: token, settled_until_ms: page.settled_until_ms };
    }
  }
}

type EventFilter = Pick<EventQuery, 'types' | 'site_id'>;

function isWanted(entry: AuditEntry, { types, site_id }: EventFilter): boolean {
  if (entry.outcome !== 'DONE') return false;
  if (types && !types.includes(eventOfEntry(entry).type)) return false;
  return site_id === undefined || sitesOf(entry).includes(site_id);
}
