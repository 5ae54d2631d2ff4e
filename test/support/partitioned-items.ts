import type { Item } from '../../core/storage/item.ts';

/** A text for the key of an item; those of a partition begin with {@link partitionText}. */
export function keyOf(key: Item | undefined): string {
  return `${partitionText(key?.pk)}${key?.sk}`;
}

export function partitionText(pk: unknown): string {
  return `${pk}\u0000`;
}

/** All items by the text of their key. A partition is found without a look at the others. */
export class PartitionedItems extends Map<string, Item> {
  readonly #partitions = new Map<string, Map<string, Item>>();

  /** The items of a partition with their keys, in no order. */
  partition(pk: unknown): ReadonlyMap<string, Item> {
    return this.#partitions.get(partitionText(pk)) ?? NONE;
  }

  override set(key: string, item: Item): this {
    const name = partitionOf(key);
    const partition = this.#partitions.get(name);
    if (partition) partition.set(key, item);
    else this.#partitions.set(name, new Map([[key, item]]));
    return super.set(key, item);
  }

  override delete(key: string): boolean {
    this.#partitions.get(partitionOf(key))?.delete(key);
    return super.delete(key);
  }

  override clear(): void {
    this.#partitions.clear();
    super.clear();
  }
}

const NONE: ReadonlyMap<string, Item> = new Map();

function partitionOf(key: string): string {
  return key.slice(0, key.indexOf('\u0000') + 1);
}
