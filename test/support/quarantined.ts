import type { Item } from '../../core/storage/item.ts';
import type { FakeDynamoDb } from './fake-dynamodb.ts';

/** The quarantine of a database in memory, from all partitions, in the order of the places. */
export function quarantinedItems(store: Pick<FakeDynamoDb, 'dump'>): Item[] {
  return store
    .dump()
    .filter(({ pk }) => String(pk).startsWith('QUARANTINE'))
    .sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1));
}
