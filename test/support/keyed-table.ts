import type { CreateTableCommandInput, GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb';
import { EXPIRY_INDEX } from '../../core/cache/table-keys.ts';

const EXPIRY_INDEX_DEFINITION: GlobalSecondaryIndex = {
  IndexName: EXPIRY_INDEX,
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'expires_ms', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' },
};

/** A table as the stack makes it: by `pk` and `sk`; the Cache table has the index of expiry too. */
export function keyedTable(TableName: string, { expires = false } = {}): CreateTableCommandInput {
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      ...(expires ? [{ AttributeName: 'expires_ms', AttributeType: 'N' as const }] : []),
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    ...(expires && { GlobalSecondaryIndexes: [EXPIRY_INDEX_DEFINITION] }),
  };
}
