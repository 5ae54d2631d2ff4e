import { CreateTableCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { EXPIRY_INDEX } from '../../core/cache/shared/table-keys.ts';

/** The cache table's settings in addition to the keys of all tables. */
const EXPIRY_INDEX_INPUT = {
  GlobalSecondaryIndexes: [
    {
      IndexName: EXPIRY_INDEX,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'expires_ms', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
} satisfies Partial<CreateTableCommandInput>;

/**
 * Creates an empty table with the keys of ours, and with the index of the cache table or a stream
 * if asked for.
 * @returns the stream's ARN
 */
export async function createTable(
  client: DynamoDBDocumentClient,
  TableName: string,
  { expiryIndex = false, stream = false }: { expiryIndex?: boolean; stream?: boolean } = {},
): Promise<string | undefined> {
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        ...(expiryIndex ? [{ AttributeName: 'expires_ms', AttributeType: 'N' as const }] : []),
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      ...(expiryIndex && EXPIRY_INDEX_INPUT),
      ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } }),
    }),
  );
  return TableDescription?.LatestStreamArn;
}
