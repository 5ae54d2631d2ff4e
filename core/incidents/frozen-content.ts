import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type Caller, callerSchema } from '../access/caller.ts';
import { NotFound, quoted } from '../errors.ts';
import type { Item } from '../storage/item.ts';
import { conditionOf, updateItem } from '../storage/item-update.ts';
import { parseItem } from '../storage/parse-item.ts';
import { repeatUntil } from '../storage/retrying.ts';
import { DEFAULT_ARCHIVE_DAYS, type StoreContext } from '../storage/store-context.ts';
import { type TableNames, TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { frozenKey, type Incident } from './incident.ts';

/** The most that an incident holds: an item has 400 KB, an answer 900 KB of JSON. */
const MOST = { json_bytes: 600_000, packed_bytes: 300_000 } as const;

const DAY_MS = 86_400_000;

/** It stays longer than its removal can be undone, so that it doesn't expire under an undo. */
const SLACK_DAYS = 1;

/** JSON as it is stored; undefined where it is too large. */
export function packContent(content: unknown): Uint8Array | undefined {
  const json = Buffer.from(JSON.stringify(content));
  if (json.length > MOST.json_bytes) return undefined;
  const packed = deflateRawSync(json);
  return packed.length > MOST.packed_bytes ? undefined : packed;
}

/** Stores what an incident froze, for good, and who made it. */
export function putContent(
  { traffic }: TableNames,
  { id, created_by }: Incident,
  data: Uint8Array,
): WriteAction {
  const isNew = conditionOf({ expression: 'attribute_not_exists(#pk)' });
  return { Put: { TableName: traffic, Item: { ...frozenKey(id), data, created_by }, ...isNew } };
}

/** Has it expire, as its incident is removed. */
export function expireContent(
  { tables, clock, archive_days = DEFAULT_ARCHIVE_DAYS }: StoreContext,
  id: string,
): WriteAction {
  const expires_at = Math.ceil((clock() + (archive_days + SLACK_DAYS) * DAY_MS) / 1000);
  const set = { [TTL_ATTRIBUTE]: expires_at };
  return { Update: updateItem({ table: tables.traffic, key: frozenKey(id), set }) };
}

/** Keeps it for good again; the transaction fails where it is gone. */
export function keepContent({ traffic }: TableNames, id: string): WriteAction {
  const condition = { expression: 'attribute_exists(#pk)' };
  return { Update: updateItem({ table: traffic, key: frozenKey(id), remove: [TTL_ATTRIBUTE], condition }) };
}

const contentSchema = z.object({ data: z.instanceof(Uint8Array), created_by: callerSchema });

/** Undefined where it is gone: the table deletes what has expired late. */
async function readItem(context: StoreContext, id: string): Promise<Item | undefined> {
  const { client, tables, clock } = context;
  const command = { TableName: tables.traffic, Key: frozenKey(id), ConsistentRead: true };
  const { Item } = await repeatUntil(context, () => client.send(new GetCommand(command)));
  const expires_at = Item?.[TTL_ATTRIBUTE] as number | undefined;
  return expires_at !== undefined && expires_at * 1000 <= clock() ? undefined : Item;
}

/**
 * Who made an incident that may have been removed since; undefined where what it froze is gone.
 * @throws BrokenItem
 */
export async function readMaker(context: StoreContext, id: string): Promise<Caller | undefined> {
  const item = await readItem(context, id);
  return item && parseItem(contentSchema, item).created_by;
}

/** What an incident froze, as it was given. @throws NotFound where it is gone · BrokenItem */
export async function readContent(context: StoreContext, id: string): Promise<unknown> {
  const item = await readItem(context, id);
  if (!item) throw new NotFound(`What the incident ${quoted(id)} froze is not kept any more.`);
  const { data } = parseItem(contentSchema, item);
  return JSON.parse(inflateRawSync(data).toString());
}
