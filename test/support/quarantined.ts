import type { Item } from '../../core/storage/item.ts';
import type { FakeDynamoDb } from './fake-dynamodb.ts';

/**
 * What a database in memory has in its quarantine, whatever the partition, in the order of the
 * places.
 */
export function quarantinedItems(store: Pick<FakeDynamoDb, 'dump'>): Item[] {
  return store
    .dump()
    .filter(({ pk }) => String(pk).startsWith('QUARANTINE'))
    .sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1));
}
