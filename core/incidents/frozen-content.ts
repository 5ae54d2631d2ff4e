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

/** Limits of an incident's data: an item has up to 400 KB, an answer up to 900 KB of JSON. */
const MOST = { json_bytes: 600_000, packed_bytes: 300_000 } as const;

const DAY_MS = 86_400_000;

/** How much longer data is kept than a removal can be undone: it doesn't expire during an undo. */
const SLACK_DAYS = 1;

/** Compresses data as JSON; undefined when it is too large. */
export function packContent(content: unknown): Uint8Array | undefined {
  const json = Buffer.from(JSON.stringify(content));
  if (json.length > MOST.json_bytes) return undefined;
  const packed = deflateRawSync(json);
  return packed.length > MOST.packed_bytes ? undefined : packed;
}

/** Stores an incident's frozen data without expiry, and its creator. */
export function putContent(
  { traffic }: TableNames,
  { id, created_by }: Incident,
  data: Uint8Array,
): WriteAction {
  const isNew = conditionOf({ expression: 'attribute_not_exists(#pk)' });
  return { Put: { TableName: traffic, Item: { ...frozenKey(id), data, created_by }, ...isNew } };
}

/** Sets the expiry of the data of a removed incident. */
export function expireContent(
  { tables, clock, archive_days = DEFAULT_ARCHIVE_DAYS }: StoreContext,
  id: string,
): WriteAction {
  const expires_at = Math.ceil((clock() + (archive_days + SLACK_DAYS) * DAY_MS) / 1000);
  const set = { [TTL_ATTRIBUTE]: expires_at };
  return { Update: updateItem({ table: tables.traffic, key: frozenKey(id), set }) };
}

/** Removes the expiry again; the transaction fails when the data has expired. */
export function keepContent({ traffic }: TableNames, id: string): WriteAction {
  const condition = { expression: 'attribute_exists(#pk)' };
  return { Update: updateItem({ table: traffic, key: frozenKey(id), remove: [TTL_ATTRIBUTE], condition }) };
}

const contentSchema = z.object({ data: z.instanceof(Uint8Array), created_by: callerSchema });

/** Undefined when it has expired, although the table may delete it later. */
async function readItem(context: StoreContext, id: string): Promise<Item | undefined> {
  const { client, tables, clock } = context;
  const command = { TableName: tables.traffic, Key: frozenKey(id), ConsistentRead: true };
  const { Item } = await repeatUntil(context, () => client.send(new GetCommand(command)));
  const expires_at = Item?.[TTL_ATTRIBUTE] as number | undefined;
  return expires_at !== undefined && expires_at * 1000 <= clock() ? undefined : Item;
}

/** The creator of an incident, also of a removed one; undefined when its data has expired. */
export async function readMaker(context: StoreContext, id: string): Promise<Caller | undefined> {
  const item = await readItem(context, id);
  return item && parseItem(contentSchema, item).created_by;
}

/** An incident's frozen data. @throws NotFound when it has expired · BrokenItem */
export async function readContent(context: StoreContext, id: string): Promise<unknown> {
  const item = await readItem(context, id);
  if (!item) throw new NotFound(`The frozen data of the incident ${quoted(id)} has expired.`);
  const { data } = parseItem(contentSchema, item);
  return JSON.parse(inflateRawSync(data).toString());
}
