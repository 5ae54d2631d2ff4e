import type { AuditEntry } from '../audit/audit-entry.ts';
import { type AuditLogOptions, type AuditQuery, readAuditLog, SETTLE_MS } from '../audit/read-audit-log.ts';
import { type BroadcastEvent, eventOfEntry, sitesOf } from './event-of-entry.ts';

export interface EventQuery {
  limit: number;
  next_token?: string | null | undefined;
  /** Begins a minute before the event with this id, ascending by time. */
  after_id?: string | null | undefined;
  /** Begins at this time, ascending by time. Milliseconds since the epoch. */
  from_ms?: number | undefined;
  types?: readonly string[] | null | undefined;
  site_id?: string | undefined;
}

export interface EventPage {
  items: BroadcastEvent[];
  next_token: string | null;
  /** No event of an earlier time can be added any more: milliseconds since the epoch. */
  settled_until_ms: number;
}

/** Maximum of reads a page, whatever the filter finds. */
const MAX_READS = 25;

/**
 * A page of events: changes, and states that changed by themselves. By default in descending order
 * of time; with `after_id` or `from_ms` ascending. Events may still be added in the last minute.
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
    // Entries of the minute before the known one may have become readable after it.
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
