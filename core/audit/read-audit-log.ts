import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { decodeTime } from 'ulid';
import { NotFound } from '../errors.ts';
import { makePageToken, readPageToken } from '../storage/page-token.ts';
import type { Retrying } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import type { AuditEntry } from './audit-entry.ts';
import { legacyPlace, monthOf, timePlace } from './audit-keys.ts';
import { type AuditView, seenBy } from './audit-view.ts';
import { findEntry, findEvent } from './find-entry.ts';
import { type AuditFilter, type Log, readMonth } from './read-month.ts';

export interface AuditQuery {
  limit: number;
  next_token?: string | null | undefined;
  /** True: ascending by time, settled entries alone. Default: descending, with unsettled ones. */
  oldest_first?: boolean | undefined;
  /** Begins after the entry with this id, ascending by time. */
  after_id?: string | null | undefined;
  filter: AuditFilter;
  /** Default: all entries, with all fields. */
  view?: AuditView | undefined;
  /**
   * Reads changes and events, without refused attempts except those of earlier releases. Ascending
   * order then includes unsettled entries.
   */
  events?: boolean | undefined;
  /** How long before the entry of `after_id` to begin, milliseconds. Default: right after it. */
  overlap_ms?: number | undefined;
}

export interface AuditPage {
  items: AuditEntry[];
  next_token: string | null;
  /** No entry of an earlier time can be added any more: milliseconds since the epoch. */
  settled_until_ms: number;
}

export interface AuditLogOptions extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/**
 * How long after its time an entry may become readable, milliseconds: a try may last 15 s, and
 * clocks may differ (docs/decisions/135).
 */
export const SETTLE_MS = 60_000;

/** No entry is older. */
const FIRST_MS = Date.parse('2026-01-01T00:00:00Z');

/** Maximum of reads a page, whatever the filter finds; each reads up to 1 MB a kind of entry. */
const MAX_READS = 24;

const DAY_MS = 86_400_000;

/**
 * A page of the audit log. It ends at `limit` entries or after a bounded number of reads: with a
 * selective filter it may be short or empty although more entries follow.
 *
 * @throws ValidationError for a broken token · NotFound for an unknown `after_id`
 */
export async function readAuditLog(options: AuditLogOptions, query: AuditQuery): Promise<AuditPage> {
  const settled_until_ms = options.clock() - SETTLE_MS;
  const asked = { ...query, settled_until_ms };
  const isForwards = query.oldest_first || isGiven(query.after_id);
  const page = isForwards ? await readForwards(options, asked) : await readBackwards(options, asked);
  const items = page.items.map(entry => seenBy(query.view, entry));
  return { ...page, items, settled_until_ms };
}

type Page = Omit<AuditPage, 'settled_until_ms'>;

async function readBackwards(
  options: AuditLogOptions,
  { limit, next_token, filter, view, events }: AuditQuery,
): Promise<Page> {
  const after = timePlace(filter.from_ms ?? 0);
  const end = Math.min(filter.to_ms ?? Number.POSITIVE_INFINITY, options.clock() + DAY_MS);
  const oldest = monthOf(Math.max(filter.from_ms ?? 0, FIRST_MS));
  let { month, before } = readBackwardsToken(next_token) ?? { month: monthOf(end), before: timePlace(end) };
  const items: AuditEntry[] = [];
  for (let reads = 0; reads < MAX_READS && month >= oldest; reads += 1) {
    const log = logOf(events);
    const stretch = { month, log, after, before, limit: limit - items.length, newest_first: true };
    const page = await readMonth(options, { filter, view, ...stretch });
    items.push(...page.items);
    if (page.next === undefined) [month, before] = [monthBefore(month), LAST_PLACE];
    else before = page.next;
    if (items.length === limit) break;
  }
  return { items, next_token: month < oldest ? null : makePageToken(BACKWARDS, [month, before]) };
}

async function readForwards(
  options: AuditLogOptions,
  { settled_until_ms, ...query }: AuditQuery & { settled_until_ms: number },
): Promise<Page> {
  const { limit, next_token, filter, view } = query;
  const until = query.events ? options.clock() + DAY_MS : settled_until_ms;
  const end = Math.min(filter.to_ms ?? Number.POSITIVE_INFINITY, until);
  const before = timePlace(end);
  const from = timePlace(Math.max(filter.from_ms ?? 0, FIRST_MS));
  const behind = readForwardsToken(next_token) ?? (await placeBehind(options, query)) ?? '';
  let after = behind > from ? behind : from;
  let month = monthOf(timeOf(after));
  const items: AuditEntry[] = [];
  const isOver = () => after >= before || month > monthOf(end);
  for (let reads = 0; reads < MAX_READS && !isOver(); reads += 1) {
    const log = logOf(query.events);
    const stretch = { month, log, after, before, limit: limit - items.length, newest_first: false };
    const page = await readMonth(options, { filter, view, ...stretch });
    items.push(...page.items);
    if (page.next === undefined) {
      month = monthAfter(month);
      after = timePlace(startOf(month));
    } else after = page.next;
    if (items.length === limit) break;
  }
  return { items, next_token: isOver() ? null : makePageToken(FORWARDS, [after]) };
}

async function placeBehind(
  options: AuditLogOptions,
  { after_id: id, events, overlap_ms }: AuditQuery,
): Promise<string | undefined> {
  if (!isGiven(id)) return undefined;
  const found = (await findEntry(options, id)) ?? (events ? await findEvent(options, id) : undefined);
  if (found) return overlap_ms === undefined ? found.place : timePlace(timeOf(found.place) - overlap_ms);
  const [log, query] = events ? ['events have', 'events'] : ['audit log has', 'auditLog'];
  throw new NotFound(
    `The ${log} no entry with the id in after_id. Give the id of an entry that ${query} answered, or omit after_id to begin at \`from\`.`,
  );
}

const logOf = (events: boolean | undefined): Log => (events ? 'events' : 'audit');

function isGiven(id: string | null | undefined): id is string {
  return id !== null && id !== undefined;
}

const LAST_PLACE = '~';

function timeOf(place: string): number {
  return decodeTime(place.slice(0, 10).padEnd(26, '0'));
}

function startOf(month: string): number {
  return Date.parse(`${month}-01T00:00:00Z`);
}

function monthBefore(month: string): string {
  return monthOf(startOf(month) - DAY_MS);
}

function monthAfter(month: string): string {
  return monthOf(startOf(month) + 31 * DAY_MS);
}

const BACKWARDS = 'auditLog';
const FORWARDS = 'auditLog oldest first';
const PLACE = /^[0-9A-Z~]{1,36}$/;

/** Length of an id; tokens of the last release have an id in place of a place. */
const ID_LENGTH = 26;

function readBackwardsToken(token: string | null | undefined): { month: string; before: string } | undefined {
  const position = readPageToken(BACKWARDS, token, [/^\d{4}-(0[1-9]|1[0-2])$/, PLACE]);
  if (!position) return undefined;
  const [month, before] = position as [string, string];
  return { month, before: before.length === ID_LENGTH ? legacyPlace(before) : before };
}

function readForwardsToken(token: string | null | undefined): string | undefined {
  return readPageToken(FORWARDS, token, [/^[0-9A-Z]{10,36}$/])?.[0];
}
