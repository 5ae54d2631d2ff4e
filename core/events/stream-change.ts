import type { Item } from '../storage/item.ts';

/** A change of an item, as the stream of its table has it, with plain values. */
export interface StreamChange {
  kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  pk: string;
  sk: string;
  before: Item | undefined;
  after: Item | undefined;
  /** When it happened, milliseconds. */
  at_ms: number;
}
