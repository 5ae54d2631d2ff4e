/** An item of a table. */
export type Item = Record<string, unknown>;

/** An item's key, which is strings in all of the tables. */
export interface ItemKey {
  pk: string;
  sk: string;
}

/** A key as one string, for Maps and Sets. */
export function keyText({ pk, sk }: ItemKey): string {
  return `${pk}\u0000${sk}`;
}
