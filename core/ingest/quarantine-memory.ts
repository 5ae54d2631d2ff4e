import { LRUCache } from 'lru-cache';
import { quarantinePlace } from './quarantine.ts';
import type { StreamRecord } from './stream-record.ts';

/**
 * The records that this function has quarantined, by place: a batch that is delivered again needs
 * no call for them.
 */
export class QuarantineMemory {
  // Limited by size: `max` would allocate room for all of them at every cold start.
  readonly #places = new LRUCache<string, true>({ maxSize: 50_000, sizeCalculation: () => 1 });

  has(record: StreamRecord): boolean {
    return this.#places.has(quarantinePlace(record));
  }

  add(record: StreamRecord): void {
    this.#places.set(quarantinePlace(record), true);
  }
}
