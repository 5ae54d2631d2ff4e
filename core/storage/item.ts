/** An item as a table gives it. */
export type Item = Record<string, unknown>;

/** An item's key: strings in every table of ours. */
export interface ItemKey {
  pk: string;
  sk: string;
}

/** A key as one string, for Maps and Sets. */
export function keyText({ pk, sk }: ItemKey): string {
  return `${pk}\u0000${sk}`;
}
