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
 * A change of an edge's keys: its actions, none when nothing changes, and the keys before and
 * after.
 */
export interface KeyChange {
  actions: WriteAction[];
  before: EdgeKey[];
  after: EdgeKey[];
}

/** Maximum of keys of an edge: its item stays far below DynamoDB's 400 KB. */
const MAX_KEYS = 500;

const IS_NEW = conditionOf({ expression: 'attribute_not_exists(#pk)' });

/**
 * Adds a key to an edge, valid from now on or from an earlier time on. A valid key that the edge
 * already has changes nothing.
 *
 * @throws ValidationError for a revoked key, or a time in the future · Conflict for a key of
 * another edge
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
      'from must not be in the future: a key becomes valid now or at an earlier time.',
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
      `Key ${kid} was revoked, which is final. Make a new key pair at the edge (npm run edge -- key --next), and register that.`,
      { arguments: ['public_key'] },
    );
  }
  if (before.length >= MAX_KEYS) {
    throw new ValidationError(
      `Edge ${JSON.stringify(edge_id)} has had ${MAX_KEYS} keys, which is the maximum. Register the edge under a new id.`,
    );
  }
  const after = [...before, { kid, x, from: timestamp(from_ms ?? now), until: null }];
  const TableName = context.tables.network;
  const own = { Put: { TableName, Item: { ...keyOwnerKey(kid), edge_id }, ...IS_NEW } };
  return { actions: [...(await planWrite(context, edge_id, item, after)), own], before, after };
}

/**
 * Revokes a key: reports that reach the stream from `at_ms` on, by default from now on, don't count
 * with it. A revoked key can be revoked as of an earlier time; a later one changes nothing.
 *
 * @throws NotFound when the edge has no such key · ValidationError for a time in the future
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
      `Edge ${JSON.stringify(edge_id)} has no key ${JSON.stringify(kid)}. The query edge lists its keys.`,
    );
  }
  const now = context.clock();
  const until_ms = at_ms ?? now;
  if (until_ms > now)
    throw new ValidationError(
      'at must not be in the future: a key is revoked now or as of an earlier time.',
      {
        arguments: ['at'],
      },
    );
  if (key.until !== null && Date.parse(key.until) <= until_ms) return { actions: [], before, after: before };
  // Not before its start: a key revoked there was valid for no time.
  const until = timestamp(Math.max(until_ms, Date.parse(key.from)));
  const after = before.map(each => (each === key ? { ...key, until } : each));
  return { actions: await planWrite(context, edge_id, item, after), before, after };
}

/** The actions that write the edge's item and the number of the change, which ingest reads. */
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
  // A number is used once: of two concurrent changes one plans again.
  const number = (await lastChange(context)) + 1;
  return [
    { Put: { TableName, Item: { ...edgeKeysKey(edge_id), revision, keys }, ...condition } },
    { Put: { TableName, Item: { ...keyChangeKey(number), edge_id, revision }, ...IS_NEW } },
  ];
}

/** The number of the last change of any edge's keys; 0 without changes. */
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
