import { LRUCache } from 'lru-cache';
import type { LaneItem } from '../ledger/figures/read-lanes.ts';

/** Memory for the keys, the Map's entry and the object around a lane's packed bytes, roughly. */
const OVERHEAD_BYTES = 400;

/**
 * The lanes that this function wrote last, packed, so that a batch needs no read. It may be behind
 * the table but is never ahead: a lane is stored here after its write has succeeded. A write from
 * an outdated lane fails its condition.
 */
export class LaneMemory {
  readonly #lanes: LRUCache<string, LaneItem>;

  /** @param maxBytes 128 MiB hold about 120,000 lanes of 20 pairs */
  constructor({ maxBytes = 128 * 1024 * 1024 } = {}) {
    this.#lanes = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: lane => lane.data.length + OVERHEAD_BYTES,
    });
  }

  get(lane: LaneId): LaneItem | undefined {
    return this.#lanes.get(nameOf(lane));
  }

  put(lane: LaneItem): void {
    this.#lanes.set(nameOf(lane), lane);
  }

  forget(lane: LaneId): void {
    this.#lanes.delete(nameOf(lane));
  }
}

export interface LaneId {
  readonly edge_id: string;
  readonly part: number;
}

function nameOf({ edge_id, part }: LaneId): string {
  return `${part}#${edge_id}`;
}
