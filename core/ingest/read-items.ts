import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../storage/batch-get.ts';
import { type Item, type ItemKey, keyText } from '../storage/item.ts';
import type { Retrying } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';

interface Reading extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/**
 * Items of the Traffic table by their keys' text, read strongly; those that don't exist are not in it.
 *
 * @throws Throttled at the deadline
 */
export async function readItems(keys: readonly ItemKey[], reading: Reading): Promise<Map<string, Item>> {
  const items = await batchGet(keys, { ...reading, table: reading.tables.traffic });
  return new Map(items.map(item => [keyText(item), item]));
}
