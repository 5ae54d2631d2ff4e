import { Conflict, NotFound, ValidationError } from '../errors.ts';
import type { PublicKey } from '../report/public-key.ts';
import { conditionOf } from '../storage/item-update.ts';
import { parseItem, readItem } from '../storage/parse-item.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import { queryPages } from '../storage/strong-reads.ts';
import type { WriteAction } from '../storage/write-action.ts';
import {
  type EdgeKey,
  type EdgeKeysItem,
  edgeKeysKey,
  KEY_CHANGES_PARTITION,
  keyChangeKey,
  keyChangeSchema,
  keyOwnerKey,
  keyOwnerSchema,
} from './edge-key-items.ts';
import { readEdgeKeys } from './read-edge-keys.ts';

/**
 * What to write of an edge's keys, and what they are before and after. Without actions all is as it
 * should be.
 */
export interface KeyChange {
  actions: WriteAction[];
  before: EdgeKey[];
  after: EdgeKey[];
}

/** Keys of one edge: its item stays far below DynamoDB's 400 KB. */
const MAX_KEYS = 500;

const IS_NEW = conditionOf({ expression: 'attribute_not_exists(#pk)' });

/**
 * Adds a key to an edge, good from now on or as of an earlier time. One that it has already, and
 * that is not revoked, changes nothing.
 *
 * @throws ValidationError for a key that was revoked, or a time to come · Conflict for another
 * edge's
 */
export async function planAddedKey(
  context: StoreContext,
  edge_id: string,
  { kid, x }: PublicKey,
  { from_ms }: { from_ms?: number | undefined } = {},
): Promise<KeyChange> {
  const now = context.clock();
  if (from_ms !== undefined && from_ms > now) {
    throw new ValidationError(
      'from must not lie in the future: a key is good from now on, or as of before.',
      { arguments: ['from'] },
    );
  }
  const [item, owner] = await Promise.all([
    readEdgeKeys(context, edge_id),
    readItem(context, keyOwnerKey(kid), keyOwnerSchema),
  ]);
  const before = item?.keys ?? [];
  if (owner && owner.edge_id !== edge_id) throw foreignKey(kid, owner.edge_id);
  const known = before.find(key => key.kid === kid);
  if (known?.until === null) return { actions: [], before, after: before };
  if (known) {
    throw new ValidationError(
      `Key ${kid} was revoked and stays so. Make a new key pair at the edge (npm run edge -- key --next), and register that.`,
      { arguments: ['public_key'] },
    );
  }
  if (before.length >= MAX_KEYS) {
    throw new ValidationError(
      `Edge ${JSON.stringify(edge_id)} has had ${MAX_KEYS} keys, and no more are kept: register the edge under a new id.`,
    );
  }
  const after = [...before, { kid, x, from: timestamp(from_ms ?? now), until: null }];
  const TableName = context.tables.network;
  const own = { Put: { TableName, Item: { ...keyOwnerKey(kid), edge_id }, ...IS_NEW } };
  return { actions: [...(await planWrite(context, edge_id, item, after)), own], before, after };
}

/**
 * Ends a key: reports that the stream gets from `at_ms` on, now when left out, don't count with it.
 * A key that was revoked can be revoked from an earlier time on; from a later one on changes
 * nothing.
 *
 * @throws NotFound when the edge has no such key · ValidationError for a time to come
 */
export async function planRevokedKey(
  context: StoreContext,
  edge_id: string,
  { kid, at_ms }: { kid: string; at_ms?: number | undefined },
): Promise<KeyChange> {
  const item = await readEdgeKeys(context, edge_id);
  const before = item?.keys ?? [];
  const key = before.find(each => each.kid === kid);
  if (!key) {
    throw new NotFound(
      `Edge ${JSON.stringify(edge_id)} has no key ${JSON.stringify(kid)}: the query edge lists its keys.`,
    );
  }
  const now = context.clock();
  const until_ms = at_ms ?? now;
  if (until_ms > now)
    throw new ValidationError('at must not lie in the future: a key is revoked now, or as of before.', {
      arguments: ['at'],
    });
  if (key.until !== null && Date.parse(key.until) <= until_ms) return { actions: [], before, after: before };
  // Never before its beginning: then it was good for no time at all.
  const until = timestamp(Math.max(until_ms, Date.parse(key.from)));
  const after = before.map(each => (each === key ? { ...key, until } : each));
  return { actions: await planWrite(context, edge_id, item, after), before, after };
}

/** The edge's item, and the change's number, by which ingest learns of it. */
async function planWrite(
  context: StoreContext,
  edge_id: string,
  before: EdgeKeysItem | undefined,
  keys: EdgeKey[],
): Promise<WriteAction[]> {
  const TableName = context.tables.network;
  const revision = (before?.revision ?? 0) + 1;
  const condition = before
    ? conditionOf({ expression: '#revision = :revision', values: { revision: before.revision } })
    : IS_NEW;
  // The number is taken once: of two changes at the same time one plans again.
  const number = (await lastChange(context)) + 1;
  return [
    { Put: { TableName, Item: { ...edgeKeysKey(edge_id), revision, keys }, ...condition } },
    { Put: { TableName, Item: { ...keyChangeKey(number), edge_id, revision }, ...IS_NEW } },
  ];
}

/** The number of the last change of any edge's keys; 0 before the first. */
export async function lastChange(context: StoreContext): Promise<number> {
  const newest = queryPages(context, { pk: KEY_CHANGES_PARTITION, descending: true, pageSize: 1 });
  const { value } = await newest.next();
  const item = (value as Record<string, unknown>[] | undefined)?.[0];
  return item ? parseItem(keyChangeSchema, item).sk : 0;
}

function foreignKey(kid: string, owner: string): Conflict {
  return new Conflict(
    `Key ${kid} belongs to edge ${JSON.stringify(owner)}, and a key belongs to one edge. Make a key pair at this edge (npm run edge -- key), and register that.`,
  );
}
