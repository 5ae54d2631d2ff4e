import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { decodeTime } from 'ulid';
import { z } from 'zod';
import type { Item, ItemKey } from '../storage/item.ts';
import { parseItem } from '../storage/parse-item.ts';
import { type Retrying, repeatUntil } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import { readReceipt } from './audit-action.ts';
import { type AuditEntry, auditEntrySchema } from './audit-entry.ts';
import {
  eventPartition,
  legacyPartition,
  legacyPlace,
  monthOf,
  placeOf,
  refusalPartition,
  undoneKey,
} from './audit-keys.ts';

export interface EntryStore extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/** An entry and its place in the log. */
export interface FoundEntry {
  entry: AuditEntry;
  place: string;
}

/** A ULID; its highest time is in the year 10889. */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** The entry with this id; undefined when there is none. */
export async function findEntry(store: EntryStore, id: string): Promise<FoundEntry | undefined> {
  if (!ULID.test(id)) return undefined;
  const { audit, network } = store.tables;
  const receipt = await repeatUntil(store, () => readReceipt(store, id));
  if (receipt) {
    const key = { pk: receipt.entry_pk, sk: receipt.entry_sk };
    return found(await queryOne(store, audit, key), receipt.entry_sk);
  }
  // Refusals and entries of earlier releases are stored by the time in their id.
  const at_ms = decodeTime(id);
  const month = monthOf(at_ms);
  const place = placeOf({ at_ms, id });
  return (
    found(await queryOne(store, audit, { pk: refusalPartition(month), sk: place }), place) ??
    found(await queryOne(store, network, { pk: legacyPartition(month), sk: id }), legacyPlace(id))
  );
}

/** An event that isn't a change, by its id; undefined when there is none or it has expired. */
export async function findEvent(store: EntryStore, id: string): Promise<FoundEntry | undefined> {
  if (!ULID.test(id)) return undefined;
  const at_ms = decodeTime(id);
  const place = placeOf({ at_ms, id });
  return found(
    await queryOne(store, store.tables.audit, { pk: eventPartition(monthOf(at_ms)), sk: place }),
    place,
  );
}

function found(item: Item | undefined, place: string): FoundEntry | undefined {
  return item && { entry: parseItem(auditEntrySchema, item), place };
}

const undoneSchema = z.object({ undone_by: z.string() });

/** The id of the entry that has reversed this one; undefined when none has. */
export async function readUndoneBy(store: EntryStore, id: string): Promise<string | undefined> {
  const item = await queryOne(store, store.tables.audit, undoneKey(id));
  return item && parseItem(undoneSchema, item).undone_by;
}

/** Reads one item strongly by a query, because functions have no right to get items of the log. */
async function queryOne(
  store: EntryStore,
  TableName: string,
  { pk, sk }: ItemKey,
): Promise<Item | undefined> {
  const query = new QueryCommand({
    TableName,
    KeyConditionExpression: 'pk = :pk AND sk = :sk',
    ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
    ConsistentRead: true,
  });
  const { Items = [] } = await repeatUntil(store, () => store.client.send(query));
  return Items[0];
}
