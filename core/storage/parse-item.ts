import type { z } from 'zod';
import type { Item } from './item.ts';

/** A stored item is not what its kind must be. */
export class BrokenItem extends Error {
  override readonly name = 'BrokenItem';

  constructor({ pk, sk }: Item, options: ErrorOptions) {
    super(`The stored item ${String(pk)} ${String(sk)} can not be read.`, options);
  }
}

/**
 * An item as its kind's schema gives it. Attributes that the schema doesn't name are left out.
 *
 * @throws BrokenItem, with what is wrong as its `cause`
 */
export function parseItem<T>(schema: z.ZodType<T>, item: Item): T {
  const { success, data, error } = schema.safeParse(item);
  if (success) return data;
  throw new BrokenItem(item, { cause: error });
}
