import type { Item } from '../storage/item.ts';

/** A change of an item from the stream of its table, with plain values. */
export interface StreamChange {
  kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  pk: string;
  sk: string;
  before: Item | undefined;
  after: Item | undefined;
  /** When it happened, milliseconds. */
  at_ms: number;
}
