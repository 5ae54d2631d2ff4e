/** A change of an item as the Network table's stream tells it, with plain values. */
export interface StreamChange {
  kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  pk: string;
  sk: string;
  before: Record<string, unknown> | undefined;
  after: Record<string, unknown> | undefined;
  /** When it happened, milliseconds. */
  at_ms: number;
}
