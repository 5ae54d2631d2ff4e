import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { readItems } from '../storage/batch-get.ts';
import { type ItemKey, keyText } from '../storage/item.ts';
import { updateItem } from '../storage/item-update.ts';
import { parseItem } from '../storage/parse-item.ts';
import type { TableNames } from '../storage/tables.ts';
import { systemClock, systemSleep } from '../time/clock.ts';
import { mergeSorted } from './merge-sorted.ts';
import {
  OLD_QUARANTINE_PARTITION,
  partitionsOfPlace,
  type QuarantineItem,
  quarantineItemSchema,
  quarantinePartitions,
} from './quarantine.ts';

/** A record in the quarantine without its bytes. */
export type QuarantineEntry = Omit<QuarantineItem, 'data'>;

type Tables = Pick<TableNames, 'traffic'>;

const entrySchema = quarantineItemSchema.omit({ data: true });

const ENTRY_FIELDS = Object.keys(entrySchema.shape);

/** Time limit of a read, for which a person waits. */
const READ_MS = 20_000;

/**
 * All records in the quarantine in the order of arrival, read strongly, one page per partition at a
 * time.
 */
export async function* listQuarantine(
  client: DynamoDBDocumentClient,
  tables: Tables,
): AsyncGenerator<QuarantineEntry> {
  const partitions = quarantinePartitions().map(pk => listPartition(client, tables, pk));
  let last: QuarantineEntry | undefined;
  for await (const entry of mergeSorted(partitions, comparePlaces)) {
    if (last && last.sk !== entry.sk) yield last;
    // A record that was delivered again while its partition was throttled may be in two.
    last = last?.sk === entry.sk && last.replayed_at !== undefined ? last : entry;
  }
  if (last) yield last;
}

async function* listPartition(
  client: DynamoDBDocumentClient,
  tables: Tables,
  pk: string,
): AsyncGenerator<QuarantineEntry> {
  const pages = paginateQuery(
    { client },
    {
      TableName: tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ProjectionExpression: ENTRY_FIELDS.map(field => `#${field}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(ENTRY_FIELDS.map(field => [`#${field}`, field])),
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) yield* Items.map(item => parseItem(entrySchema, item));
}

// As DynamoDB orders sort keys: places are ASCII.
function comparePlaces(a: QuarantineEntry, b: QuarantineEntry): number {
  if (a.sk === b.sk) return 0;
  return a.sk < b.sk ? -1 : 1;
}

/** One record with its bytes, by its place (`sk`); undefined if there is none. */
export async function readQuarantined(
  client: DynamoDBDocumentClient,
  tables: Tables,
  place: string,
): Promise<QuarantineItem | undefined> {
  if (place === '') return undefined;
  const keys = [...partitionsOfPlace(place), OLD_QUARANTINE_PARTITION].map(pk => ({ pk, sk: place }));
  const items = await readItems(keys, {
    client,
    table: tables.traffic,
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    deadline: systemClock() + READ_MS,
  });
  const key = keys.find(each => items.has(keyText(each)));
  return key && parseItem(quarantineItemSchema, items.get(keyText(key))!);
}

/** Marks a record as sent again. The item stays, so that its history can be seen later. */
export async function markReplayed(
  client: DynamoDBDocumentClient,
  tables: Tables,
  { pk, sk, at }: ItemKey & { at: string },
): Promise<void> {
  const update = updateItem({
    table: tables.traffic,
    key: { pk, sk },
    set: { replayed_at: at },
    condition: { expression: 'attribute_exists(#pk)' },
  });
  await client.send(new UpdateCommand(update));
}
