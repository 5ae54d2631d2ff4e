import { z } from 'zod';
import type { Item, ItemKey } from './item.ts';
import type { StoreContext } from './store-context.ts';
import { getItem } from './strong-reads.ts';

/**
 * A stored item that its schema can't read: a fault of the program or the table, not of a caller.
 */
export class BrokenItem extends Error {
  constructor({ pk, sk }: Item, cause: z.ZodError) {
    super(`The item ${pk} ${sk} can't be read: ${z.prettifyError(cause)}`, { cause });
    this.name = 'BrokenItem';
  }
}

/**
 * Parses an item with a schema; attributes that the schema doesn't name are left out.
 *
 * @throws BrokenItem
 */
export function parseItem<T>(schema: z.ZodType<T>, item: Item): T {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  throw new BrokenItem(item, parsed.error);
}

/**
 * Reads one item of the Network table, strongly consistent; undefined when there is none.
 * @throws BrokenItem
 */
export async function readItem<T>(
  context: StoreContext,
  key: ItemKey,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const item = await getItem(context, key);
  return item && parseItem(schema, item);
}
