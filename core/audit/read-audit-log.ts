import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { encodeTime } from 'ulid';
import { makePageToken, readPageToken } from '../storage/page-token.ts';
import { parseItem } from '../storage/parse-item.ts';
import { type Retrying, repeatUntil } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import { type AuditEntry, auditEntrySchema, auditPartition } from './audit-entry.ts';

export interface AuditFilter {
  /** The actor's sub, e-mail address or user name. */
  actor?: string | null | undefined;
  action?: string | null | undefined;
  target?: string | null | undefined;
  /** Milliseconds since the epoch; from is included, to is not. */
  from_ms?: number | undefined;
  to_ms?: number | undefined;
}

export interface AuditPage {
  items: AuditEntry[];
  next_token: string | null;
}

export interface AuditLogOptions extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/** There is no entry before it. */
const FIRST_MONTH = '2026-01';

/** A page reads at most this many times (each up to 1 MB), whatever the filter leaves. */
const MAX_READS = 24;

const TOKEN_KIND = 'auditLog';

/**
 * Entries, newest first. A page ends at `limit` entries or after a bounded number of reads: a
 * strong filter may leave it short or empty with more to come.
 * @throws ValidationError for a broken token
 */
export async function readAuditLog(
  options: AuditLogOptions,
  {
    limit,
    next_token,
    filter,
  }: { limit: number; next_token?: string | null | undefined; filter: AuditFilter },
): Promise<AuditPage> {
  const end = Math.min(filter.to_ms ?? Number.POSITIVE_INFINITY, options.clock() + DAY_MS);
  const oldest = monthOf(Math.max(filter.from_ms ?? 0, Date.parse(FIRST_MONTH)));
  let { month, before } = readPosition(next_token) ?? { month: monthOf(end), before: timeBound(end) };
  const items: AuditEntry[] = [];
  for (let reads = 0; reads < MAX_READS && month >= oldest; reads += 1) {
    const after = timeBound(filter.from_ms ?? 0);
    const page = await readBackwards(options, { month, after, before, filter, limit: limit - items.length });
    items.push(...page.items);
    if (page.next === undefined) [month, before] = [monthBefore(month), LAST_KEY];
    else before = page.next;
    if (items.length === limit) break;
  }
  return { items, next_token: month < oldest ? null : makePageToken(TOKEN_KIND, [month, before]) };
}

interface Stretch {
  month: string;
  /** Sort keys: from this one … */
  after: string;
  /** … to before this one. */
  before: string;
  filter: AuditFilter;
  limit: number;
}

async function readBackwards(
  options: AuditLogOptions,
  { month, after, before, filter, limit }: Stretch,
): Promise<{ items: AuditEntry[]; next: string | undefined }> {
  if (before <= after) return { items: [], next: undefined };
  const query: QueryCommandInput = {
    TableName: options.tables.network,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :after AND :before',
    ...filterExpression(filter, { ':pk': auditPartition(month), ':after': after, ':before': before }),
    ScanIndexForward: false,
    ConsistentRead: true,
  };
  const { Items = [], LastEvaluatedKey } = await repeatUntil(options, () =>
    options.client.send(new QueryCommand(query)),
  );
  // BETWEEN holds both ends, and `before` itself was on the page before.
  const found = Items.filter(({ sk }) => sk < before);
  const items = found.slice(0, limit).map(item => parseItem(auditEntrySchema, item));
  const cut = found.length > limit ? items.at(-1)!.id : undefined;
  return { items, next: cut ?? (LastEvaluatedKey?.sk as string | undefined) };
}

function filterExpression(
  { actor, action, target }: AuditFilter,
  keys: Record<string, string>,
): Pick<QueryCommandInput, 'FilterExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> {
  const conditions: string[] = [];
  const values: Record<string, string> = { ...keys };
  if (actor) {
    conditions.push('(actor.#sub = :actor OR actor.email = :actor OR actor.username = :actor)');
    values[':actor'] = actor;
  }
  if (action) {
    conditions.push('#operation = :action');
    values[':action'] = action;
  }
  if (target) {
    conditions.push('target = :target');
    values[':target'] = target;
  }
  return {
    ExpressionAttributeValues: values,
    ...(conditions.length > 0 && { FilterExpression: conditions.join(' AND ') }),
    ...((actor || action) && {
      ExpressionAttributeNames: {
        ...(actor && { '#sub': 'sub' }),
        ...(action && { '#operation': 'operation' }),
      },
    }),
  };
}

const DAY_MS = 86_400_000;
const LAST_KEY = '~';

/** The lowest id that an entry of this time can have. */
function timeBound(ms: number): string {
  return encodeTime(Math.max(0, ms), 10);
}

function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

function monthBefore(month: string): string {
  return monthOf(Date.parse(`${month}-01T00:00:00Z`) - DAY_MS);
}

function readPosition(token: string | null | undefined): { month: string; before: string } | undefined {
  const position = readPageToken(TOKEN_KIND, token, [/^\d{4}-(0[1-9]|1[0-2])$/, /^[0-9A-Z~]{1,26}$/]);
  return position && { month: position[0]!, before: position[1]! };
}
