import { type DynamoDBDocumentClient, GetCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../storage/tables.ts';
import { QUARANTINE_PARTITION, type QuarantineItem } from './quarantine.ts';

/** A record in the quarantine without its bytes. */
export type QuarantineEntry = Omit<QuarantineItem, 'data'>;

type Tables = Pick<TableNames, 'traffic'>;

const ENTRY_FIELDS = [
  'pk',
  'sk',
  'reason',
  'message',
  'partition_key',
  'shard_id',
  'sequence_number',
  'arrived_at',
  'size',
  'sha256',
  'replayed_at',
];

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
  for await (const { Items = [] } of pages) yield* Items as QuarantineEntry[];
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
  return Item as QuarantineItem | undefined;
}

/** Notes that a record was sent again. It stays: what happened is to be seen later. */
export async function markReplayed(
  client: DynamoDBDocumentClient,
  tables: Tables,
  { place, at }: { place: string; at: string },
): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: tables.traffic,
      Key: { pk: QUARANTINE_PARTITION, sk: place },
      UpdateExpression: 'SET replayed_at = :at',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':at': at },
    }),
  );
}
