import { LRUCache } from 'lru-cache';
import type { PackedLane } from './lane-step.ts';

/** Keys, the Map's entry and the object around a lane's packed bytes, roughly. */
const OVERHEAD_BYTES = 400;

/**
 * The lanes that this function wrote last, packed, so that a batch needs no read. It may be behind the table, never ahead: a
 * lane is put after its write succeeded, and a write from an outdated lane fails its condition.
 */
export class LaneMemory {
  readonly #lanes: LRUCache<string, PackedLane>;

  /** @param maxBytes 128 MiB hold about 120,000 lanes of 20 pairs */
  constructor({ maxBytes = 128 * 1024 * 1024 } = {}) {
    this.#lanes = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: lane => (lane.data?.length ?? 0) + OVERHEAD_BYTES,
    });
  }

  get(lane: LaneId): PackedLane | undefined {
    return this.#lanes.get(nameOf(lane));
  }

  put({ edge_id, part, version, boot_id, data }: PackedLane): void {
    this.#lanes.set(nameOf({ edge_id, part }), { edge_id, part, version, boot_id, data });
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
