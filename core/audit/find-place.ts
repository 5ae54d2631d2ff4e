import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { decodeTime } from 'ulid';
import { type Retrying, repeatUntil } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import { readReceipt } from './audit-action.ts';
import { legacyPartition, legacyPlace, monthOf, placeOf, refusalPartition } from './audit-keys.ts';

interface Store extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/** The times that an id can have end in the year 10889. */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Where the entry with this id stands in the log; undefined: there is none. */
export async function findPlace(store: Store, id: string): Promise<string | undefined> {
  if (!ULID.test(id)) return undefined;
  const receipt = await repeatUntil(store, () => readReceipt(store, id));
  if (receipt) return receipt.entry_sk;
  // Refusals and what earlier releases wrote stand under the time of their id.
  const at_ms = decodeTime(id);
  const month = monthOf(at_ms);
  const { audit, network } = store.tables;
  const place = placeOf({ at_ms, id });
  if (await isThere(store, { table: audit, pk: refusalPartition(month), sk: place })) return place;
  if (await isThere(store, { table: network, pk: legacyPartition(month), sk: id })) return legacyPlace(id);
  return undefined;
}

async function isThere(
  store: Store,
  { table, pk, sk }: { table: string; pk: string; sk: string },
): Promise<boolean> {
  const query = new QueryCommand({
    TableName: table,
    KeyConditionExpression: 'pk = :pk AND sk = :sk',
    ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
    ProjectionExpression: 'pk',
    ConsistentRead: true,
  });
  const { Items = [] } = await repeatUntil(store, () => store.client.send(query));
  return Items.length > 0;
}
