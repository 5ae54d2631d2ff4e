import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../storage/item.ts';
import { compareKeys } from '../storage/key-order.ts';
import { parseItem } from '../storage/parse-item.ts';
import { type Retrying, repeatUntil } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import { type AuditEntry, auditEntrySchema } from './audit-entry.ts';
import {
  changePartition,
  eventPartition,
  legacyBound,
  legacyPartition,
  legacyPlace,
  refusalPartition,
} from './audit-keys.ts';
import type { AuditView } from './audit-view.ts';

export interface AuditFilter {
  /** The actor's sub, e-mail address or user name. */
  actor?: string | null | undefined;
  action?: string | null | undefined;
  target?: string | null | undefined;
  /** Milliseconds since the epoch; from is included, to is not. */
  from_ms?: number | undefined;
  to_ms?: number | undefined;
}

export interface Stretch {
  month: string;
  /** The log: changes and refused attempts, or changes and events. */
  log: Log;
  /** Places, both exclusive. */
  after: string;
  before: string;
  newest_first: boolean;
  filter: AuditFilter;
  /** Undefined: all entries. */
  view: AuditView | undefined;
  /** Maximum of entries. */
  limit: number;
}

/** Entries of a stretch in their order. */
interface StretchPage {
  items: AuditEntry[];
  /** The place after which reading continues; undefined at the end. */
  next: string | undefined;
}

export type Log = 'audit' | 'events';

interface Store extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/** Where a kind of entries is stored, and how places become sort keys there. */
interface Source {
  table(tables: TableNames): string;
  partition(month: string): string;
  /** The sort key that separates the entries before a place from the others. */
  bound(place: string): string;
  placeOf(sk: string): string;
  /** Filter for entries that a limited view of `:me` includes; undefined: all. */
  seen?: string;
}

const itself = (place: string) => place;
const inAudit = { table: ({ audit }: TableNames) => audit, bound: itself, placeOf: itself };

const changes: Source = { ...inAudit, partition: changePartition };
const refusals: Source = { ...inAudit, partition: refusalPartition, seen: 'actor.#sub = :me' };
const events: Source = { ...inAudit, partition: eventPartition };
/** Entries of earlier releases. */
const legacy: Source = {
  table: ({ network }) => network,
  partition: legacyPartition,
  bound: legacyBound,
  placeOf: legacyPlace,
  seen: '(outcome = :done OR actor.#sub = :me)',
};

const SOURCES: Record<Log, readonly Source[]> = {
  audit: [changes, refusals, legacy],
  events: [changes, events, legacy],
};

/** Reads entries of all kinds once, up to 1 MB of each kind, and merges them by place. */
export async function readMonth(store: Store, stretch: Stretch): Promise<StretchPage> {
  const { after, before, newest_first, limit } = stretch;
  if (after >= before) return { items: [], next: undefined };
  const pages = await Promise.all(SOURCES[stretch.log].map(source => readSource(store, stretch, source)));
  const inOrder = (a: string, b: string) => (newest_first ? compareKeys(b, a) : compareKeys(a, b));
  const [reached] = pages.flatMap(({ end }) => end ?? []).sort(inOrder);
  const found = pages
    .flatMap(({ items }) => items)
    .filter(({ place }) => reached === undefined || inOrder(place, reached) <= 0)
    .sort((a, b) => inOrder(a.place, b.place));
  const items = found.slice(0, limit);
  return {
    items: items.map(({ item }) => parseItem(auditEntrySchema, item)),
    next: found.length > limit ? items.at(-1)!.place : reached,
  };
}

interface SourcePage {
  items: { place: string; item: Item }[];
  /** The last place that was read; undefined at the end. */
  end: string | undefined;
}

async function readSource(
  store: Store,
  { month, after, before, newest_first, filter, view, limit }: Stretch,
  source: Source,
): Promise<SourcePage> {
  const { expression, names, values } = filterExpression(
    filter,
    view && { ...view, expression: source.seen },
  );
  const query: QueryCommandInput = {
    TableName: source.table(store.tables),
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :after AND :before',
    ExpressionAttributeValues: {
      ':pk': source.partition(month),
      ':after': source.bound(after),
      ':before': source.bound(before),
      ...values,
    },
    ...(expression !== undefined && { FilterExpression: expression }),
    // Three more than `limit`: both exclusive ends, and one that shows that more follow.
    ...(expression === undefined && { Limit: limit + 3 }),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ScanIndexForward: !newest_first,
    ConsistentRead: true,
  };
  const { Items = [], LastEvaluatedKey } = await repeatUntil(store, () =>
    store.client.send(new QueryCommand(query)),
  );
  return {
    items: Items.map(item => ({ place: source.placeOf(item.sk), item })).filter(
      ({ place }) => place > after && place < before,
    ),
    end: LastEvaluatedKey && source.placeOf(LastEvaluatedKey.sk),
  };
}

/** A view, and its filter for the entries of a source. */
type SourceView = AuditView & { expression: string | undefined };

function filterExpression({ actor, action, target }: AuditFilter, view: SourceView | undefined) {
  const conditions: string[] = [];
  if (actor) {
    // Otherwise the result would show whose address it is.
    const email = view ? '(actor.email = :actor AND actor.#sub = :me)' : 'actor.email = :actor';
    conditions.push(`(actor.#sub = :actor OR ${email} OR actor.username = :actor)`);
  }
  if (action) conditions.push('#operation = :action');
  if (target) conditions.push('target = :target');
  if (view?.expression !== undefined) conditions.push(view.expression);
  const expression = conditions.length === 0 ? undefined : conditions.join(' AND ');
  const known = { '#sub': 'sub', '#operation': 'operation' };
  const given = {
    ':actor': actor,
    ':action': action,
    ':target': target,
    ':me': view?.sub,
    ':done': 'DONE',
  };
  const used = (placeholder: string) => expression?.includes(placeholder) ?? false;
  return {
    expression,
    names: Object.fromEntries(Object.entries(known).filter(([name]) => used(name))),
    values: Object.fromEntries(Object.entries(given).filter(([name]) => used(name))),
  };
}
