import { keyText } from '../storage/item.ts';
import { parseItem, readItem } from '../storage/parse-item.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { getItems } from '../storage/strong-reads.ts';
import { type EdgeKey, type EdgeKeysItem, edgeKeysItemSchema, edgeKeysKey } from './edge-key-items.ts';

/** An edge's stored keys; undefined when it has had none. */
export function readEdgeKeys(context: StoreContext, edge_id: string): Promise<EdgeKeysItem | undefined> {
  return readItem(context, edgeKeysKey(edge_id), edgeKeysItemSchema);
}

/** The keys of each of these edges, in their order; empty for an edge without keys. No id twice. */
export async function readKeysOfEdges(
  context: StoreContext,
  edge_ids: readonly string[],
): Promise<EdgeKey[][]> {
  const items = await getItems(context, edge_ids.map(edgeKeysKey));
  const byKey = new Map(items.map(item => [keyText(item), parseItem(edgeKeysItemSchema, item).keys]));
  return edge_ids.map(id => byKey.get(keyText(edgeKeysKey(id))) ?? []);
}
