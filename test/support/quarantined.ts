import type { Item } from '../../core/storage/item.ts';
import type { FakeDynamoDb } from './fake-dynamodb.ts';

/**
 * What a database in memory has in its quarantine, whatever the partition, in the order of the places. As the list shows it: a
 * record that was delivered again while its partition was throttled may be in two, and is one.
 */
export function quarantinedItems(store: Pick<FakeDynamoDb, 'dump'>): Item[] {
  const items = store.dump().filter(({ pk }) => String(pk).startsWith('QUARANTINE'));
  const byPlace = new Map(items.map(item => [String(item.sk), item]));
  return [...byPlace.values()].sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1));
}
