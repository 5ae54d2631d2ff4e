import { type DynamoDBDocumentClient, GetCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { updateItem } from '../storage/item-update.ts';
import { parseItem } from '../storage/parse-item.ts';
import type { TableNames } from '../storage/tables.ts';
import { QUARANTINE_PARTITION, type QuarantineItem, quarantineItemSchema } from './quarantine.ts';

/** A record in the quarantine without its bytes. */
export type QuarantineEntry = Omit<QuarantineItem, 'data'>;

type Tables = Pick<TableNames, 'traffic'>;

const entrySchema = quarantineItemSchema.omit({ data: true });

const ENTRY_FIELDS = Object.keys(entrySchema.shape);

/** Everything in the quarantine, oldest first, read strongly and a page at a time. */
export async function* listQuarantine(
  client: DynamoDBDocumentClient,
  tables: Tables,
): AsyncGenerator<QuarantineEntry> {
  const pages = paginateQuery(
    { client },
    {
      TableName: tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': QUARANTINE_PARTITION },
      ProjectionExpression: ENTRY_FIELDS.map(field => `#${field}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(ENTRY_FIELDS.map(field => [`#${field}`, field])),
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) yield* Items.map(item => parseItem(entrySchema, item));
}

/** One record with its bytes, by its place (`sk`); undefined where there is none. */
export async function readQuarantined(
  client: DynamoDBDocumentClient,
  tables: Tables,
  place: string,
): Promise<QuarantineItem | undefined> {
  if (place === '') return undefined;
  const { Item } = await client.send(
    new GetCommand({
      TableName: tables.traffic,
      Key: { pk: QUARANTINE_PARTITION, sk: place },
      ConsistentRead: true,
    }),
  );
  return Item && parseItem(quarantineItemSchema, Item);
}

/** Notes that a record was sent again. The item stays, so that its history can be seen later. */
export async function markReplayed(
  client: DynamoDBDocumentClient,
  tables: Tables,
  { place, at }: { place: string; at: string },
): Promise<void> {
  const update = updateItem({
    table: tables.traffic,
    key: { pk: QUARANTINE_PARTITION, sk: place },
    set: { replayed_at: at },
    condition: { expression: 'attribute_exists(#pk)' },
  });
  await client.send(new UpdateCommand(update));
}
